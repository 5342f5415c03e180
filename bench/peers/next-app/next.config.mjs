import { join } from "node:path";

export default {
  // The app imports the built library and the benchmark's own files.
  turbopack: { root: join(import.meta.dirname, "../../..") },
  compress: false,
};
