import { defineConfig } from "vitest/config";

/** The suites of `npm run interop`, which starts them by interop/conformance/run.ts: apart from the others, since it chooses the clients. */
export default defineConfig({
  test: {
    include: ["interop/conformance/suites/*.test.ts"],
    // Bridges of all languages share two cores with their Redis.
    // The history takes as long as `--seconds` says.
    testTimeout: 300_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
