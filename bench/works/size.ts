import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundle, bundleSize } from "../../tools/bundle-size.ts";
import { entries, root } from "../../tools/entries.ts";
import type { Bench } from "../lib/section.ts";
import type { Settings } from "../lib/stage.ts";
import { median } from "../lib/stats.ts";
import { importTimesInWorkerd } from "../lib/workerd.ts";

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
      checks: [],
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
  const needsNode = /\/(ioredis|node-redis|bun)$/.test(name);
  if (needsNode) return null;
  const code = await bundle(`export * from "${name}";`, { external: [], conditions: ["workerd", "worker"] });
  return median(await importTimesInWorkerd(code, 11));
}
