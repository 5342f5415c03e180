/** What Nuxt imports by itself into the example's files of the server. */
const NAMES = ["createError", "defineEventHandler", "readFormData", "setResponseHeaders"];

/** As files beside the example's folder `server`: a module with all of them, and their types as globals. */
export const AUTO_IMPORTS = {
  module: `export { ${NAMES.join(", ")} } from "h3";`,
  types: `export {};\ndeclare global {\n${NAMES.map((name) => `const ${name}: typeof import("h3").${name};`).join("\n")}\n}`,
};
