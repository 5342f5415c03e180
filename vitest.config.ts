import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Redis, the REST server and workerd share two cores with the tests; a hanging test still ends.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // At the root: the workers project would load it with the conditions of workerd.
    globalSetup: "test/support/global-setup.ts",
    // Most files wait for time-outs and servers rather than for the processor.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/workers/**", "test/browser/**", "test/failover/**"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "failover",
          include: ["test/failover/**/*.test.ts"],
          // Alone: a Sentinel that gets no processor for a second takes a healthy primary for dead.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        plugins: [cloudflareTest({ wrangler: { configPath: "test/workers/wrangler.toml" } })],
        test: {
          name: "workers",
          include: ["test/workers/**/*.test.ts", "test/**/*.any.test.ts"],
          sequence: { groupOrder: 0 },
        },
      },
    ],
  },
});
