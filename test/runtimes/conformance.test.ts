import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { storeContract } from "../../src/testing/index.ts";
import { root } from "../../tools/entries.ts";
import { conformance } from "../conformance/cases.ts";
import { onceCases } from "../conformance/once-cases.ts";
import { requestCases } from "../conformance/request-cases.ts";
import { sessionCases } from "../conformance/session-cases.ts";
import { bin } from "../support/bin.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

const program = join(root, "test/matrix/programs/alone.ts");
const total = storeContract().length + conformance.length + sessionCases.length + onceCases.length;

const redis = await ownRedis();
const rest = await ownRest(redis);

/** The machine's own Node, which may be older than the one that runs the tests, and may not run TypeScript. */
const machinesNode = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .map((folder) => join(folder, "node"))
  .find(existsSync);

// Within the project, so that the package and its peers resolve.
const folder = mkdtempSync(join(root, "dist/.alone-"));
const compiled = join(folder, "alone.mjs");
await build({ entryPoints: [program], outfile: compiled, bundle: true, packages: "external", format: "esm" });
afterAll(() => rmSync(folder, { recursive: true }));

const EVERYWHERE = ["memory", "HTTP", "ioredis", "node-redis"];
const runtimes: [string, string, string[], string[]?][] = [
  ["Node", process.execPath, [program]],
  ["the machine's own Node", machinesNode ?? process.execPath, [compiled]],
  ["Deno", bin("deno"), ["run", "--allow-net", "--allow-env", "--allow-read", "--allow-sys", program]],
  ["Bun", bin("bun"), ["run", program], [...EVERYWHERE, "Bun's own"]],
];

test.each(runtimes)(
  "the built package passes the suites on %s, on every store",
  async (_, command, args, stores = EVERYWHERE) => {
    const env = { ...process.env, REDIS_URL: redis.url, REST_URL: rest.url, REST_TOKEN: rest.token };
    const { stdout } = await promisify(execFile)(command, args, { env, timeout: 120_000 }).catch((error) => {
      throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`);
    });
    const lines = stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      stores.map((store) => {
        const ofStore = store === "HTTP" ? total + requestCases.length : total;
        return { store, passed: ofStore, total: ofStore, failures: [] };
      }),
    );
  },
);
