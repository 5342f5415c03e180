import { join } from "node:path";
import { bin } from "../../test/support/bin.ts";
import { root } from "../../tools/entries.ts";
import { comparePrograms, type Program } from "../lib/programs.ts";
import { type Bench, withGoal } from "../lib/section.ts";
import type { Settings } from "../lib/stage.ts";
import { secret } from "../lib/user.ts";

const PROGRAM = join(root, "bench/runtimes/verify.ts");
const DENO_FLAGS = ["--allow-net", "--allow-env", "--allow-read", "--allow-sys"];

const RUNTIMES: readonly Program[] = [
  {
    name: "redis-web-token on Bun (its own client)",
    bare: "GET and JSON.parse, Bun's RedisClient",
    command: ({ url }) => [bin("bun"), ["run", PROGRAM, "bun", url, secret]],
  },
  {
    name: "redis-web-token on Deno (ioredis)",
    bare: "GET and JSON.parse, ioredis on Deno",
    command: ({ url }) => [bin("deno"), ["run", ...DENO_FLAGS, PROGRAM, "ioredis", url, secret]],
  },
];

/** Compares a verify on Bun and Deno with a bare GET of the same client of Redis. */
export const runtimes = (settings: Settings): Bench => ({
  name: "runtimes",
  run: () =>
    comparePrograms(RUNTIMES, settings, {
      title: "Verifying live sessions on other runtimes",
      concurrencies: [1, 16, 64],
      bound: 0.95,
      check: (check, { name }, concurrency) =>
        withGoal(
          `verify on ${name.includes("Bun") ? "Bun" : "Deno"}, compared with the bare client`,
          `${concurrency} concurrent`,
          check,
        ),
    }),
});
