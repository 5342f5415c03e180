/** What Nuxt imports by itself into the example's files of the server. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  h3: ["appendResponseHeader", "createError", "defineEventHandler", "readFormData", "sendRedirect"],
  "./server/utils/accept.ts": ["accept"],
  "./server/utils/auth.ts": [
    "authenticate",
    "endOtherSessions",
    "listSessions",
    "rotateSession",
    "signIn",
    "signOut",
  ],
};

const lines = (write: (name: string, from: string) => string): string =>
  Object.entries(NAMES)
    .flatMap(([from, names]) => names.map((name) => write(name, from)))
    .join("\n");

/** As files beside the example's folder `server`: a module with all of them, and their types as globals. */
export const AUTO_IMPORTS = {
  module: lines((name, from) => `export { ${name} } from "${from}";`),
  types: `export {};\ndeclare global {\n${lines((name, from) => `const ${name}: typeof import("${from}").${name};`)}\n}`,
};
