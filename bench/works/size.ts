import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundle, bundleSize } from "../../tools/bundle-size.ts";
import { entries, root } from "../../tools/entries.ts";
import { IN_A_WORKER } from "../../tools/workerd.ts";
import { atMost, type Bench, withGoal } from "../lib/section.ts";
import type { Settings } from "../lib/stage.ts";
import { median } from "../lib/stats.ts";
import { secret } from "../lib/user.ts";
import { coldTimesInWorkerd } from "../lib/workerd.ts";
import { JWT_WORKER, OUR_WORKER, PLAIN_WORKER, UPSTASH_WORKER, workerApps } from "../lib/workers.ts";

/** What an app imports from each peer to verify a session. */
const PEERS: Readonly<Record<string, string>> = {
  "jose, jwtVerify": 'export { jwtVerify } from "jose";',
  "iron-session": 'export { unsealData } from "iron-session";',
  "hono-sessions": 'export { sessionMiddleware } from "hono-sessions";',
  "@hono/session": 'export { useSession, useSessionStorage } from "@hono/session";',
  "better-auth": 'export { betterAuth } from "better-auth";',
  "express-session, connect-redis":
    'export { default } from "express-session"; export { RedisStore } from "connect-redis";',
};
const OURS: Readonly<Record<string, string>> = {
  createRwt: 'export { createRwt } from "redis-web-token";',
  "createRwt and rwtAuth":
    'export { createRwt } from "redis-web-token"; export { rwtAuth } from "redis-web-token/hono";',
};

const BUNDLED = [PLAIN_WORKER, JWT_WORKER, UPSTASH_WORKER, OUR_WORKER];
const NOWHERE = { url: "https://redis.example", token: "token", secret };

/** Measures the size of bundles, and how long an entry takes to import. */
export const size = (settings: Settings): Bench => ({
  name: "size",
  async run() {
    const bundles: [string, number][] = [];
    for (const [name, code] of Object.entries(OURS)) bundles.push([name, await bundleSize(code)]);
    // The other bundles leave Hono out, but this one is a part of Hono.
    bundles.push(["hono/jwt", await bundleSize('export { jwt } from "hono/jwt";', { external: [] })]);
    const resolveDir = join(root, "bench/peers");
    for (const [name, code] of Object.entries(PEERS)) {
      bundles.push([name, await bundleSize(code, { resolveDir, platform: "node" })]);
    }
    const workers = new Map<string, number>();
    for (const { name, code } of workerApps.filter(({ name }) => BUNDLED.includes(name)))
      workers.set(name, Buffer.byteLength(await bundle(code(NOWHERE), IN_A_WORKER)));
    const sizeOf = (name: string) => workers.get(name) ?? Number.NaN;
    const names = entries.map(({ name }) => name);
    const times = new Map<string, number[]>(["", ...names].map((name) => [name, []]));
    for (let round = 0; round < (settings.quick ? 3 : 11); round++) {
      for (const [name, all] of times) all.push(await importTime(name));
    }
    const nothing = median(times.get("") ?? []);
    const inWorkerd = new Map<string, number | null>();
    for (const name of names) inWorkerd.set(name, await importTimeInWorkerd(name));
    return {
      tables: [
        {
          title: "Size of a bundle, minified and gzipped, without Hono and Redis clients",
          columns: [{ name: "" }, { name: "", unit: "kB" }],
          rows: bundles.map(([name, bytes]) => [name, bytes / 1000]),
        },
        {
          title: "A Worker's bundle, minified, with all that it imports",
          columns: [{ name: "" }, { name: "", unit: "kB" }],
          rows: [...workers].map(([name, bytes]) => [name, bytes / 1000]),
        },
        {
          title:
            "Importing an entry: its files in a new Node process, and one bundled file in a new workerd isolate",
          columns: [{ name: "" }, { name: "Node", unit: "ms" }, { name: "workerd", unit: "ms" }],
          rows: names.map((name) => [
            name,
            median(times.get(name) ?? []) - nothing,
            inWorkerd.get(name) ?? null,
          ]),
        },
      ],
      checks: [
        withGoal(
          "the library's share of a Worker's bundle, minified",
          "",
          atMost(
            "the library's share of a minified Worker with Hono and @upstash/redis",
            15,
            (sizeOf(OUR_WORKER) - sizeOf(UPSTASH_WORKER)) / 1000,
            "kB",
          ),
        ),
      ],
    };
  },
});

/** Milliseconds in a new Node process. */
async function importTime(name: string): Promise<number> {
  const specifier = name || "data:text/javascript,";
  const code = `const began = performance.now(); await import(${JSON.stringify(specifier)}); console.log(performance.now() - began)`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], {
    cwd: root,
  });
  return Number(stdout);
}

/** Milliseconds in workerd, bundled as for a Worker. `null` for an entry that needs Node. */
async function importTimeInWorkerd(name: string): Promise<number | null> {
  const needsNode = /\/(ioredis|node-redis|bun|nest)$/.test(name);
  if (needsNode) return null;
  const code = await bundle(`export * from "${name}";`, IN_A_WORKER);
  return median(await coldTimesInWorkerd(code, 11));
}
