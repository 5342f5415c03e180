import { defineConfig } from "vitest/config";

/** `npm run test:browser`: apart from the others, since it needs a Chromium. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    // Some 5 seconds each, and many more where others use the machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each file has a Chromium and a workerd, and there may be but two cores.
    maxWorkers: 2,
  },
});
