import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { bin } from "../support/bin.ts";

/** Types of the clients and frameworks, which their own packages export. */
const OTHERS = [
  "CanActivate",
  "Context",
  "DynamicModule",
  "Env",
  "ExecutionContext",
  "FastifyPluginAsync",
  "Hono",
  "MeterProvider",
  "MiddlewareHandler",
  "RedisClientOptions",
  "RedisOptions",
  "TracerProvider",
  "Type",
];

test("each type in a public signature is exported by some entry, so that a user can name it", async () => {
  const jsr = JSON.parse(readFileSync(join(root, "jsr.json"), "utf8")) as { exports: Record<string, string> };
  const entries = Object.values(jsr.exports);
  const { stderr } = await promisify(execFile)(bin("deno"), ["doc", "--lint", ...entries], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1" },
    maxBuffer: 2 ** 24,
  }).catch((error: { stderr: string }) => error);
  const missing = [...stderr.matchAll(/public type '(.+)' references private type '(.+)'/g)]
    .filter(([, , type = ""]) => !OTHERS.includes(type))
    .map(([, owner, type]) => `${owner}: ${type}`);
  // All of them were checked, since the clients' types are always missing.
  expect(stderr).toContain("references private type 'Context'");
  expect(missing).toEqual([]);
});
