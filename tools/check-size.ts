/**
 * Prints the size of each entry, minified and gzipped. Fails if it exceeds its budget or has grown beyond sizes.json. After an
 * intended growth, update that file with `npm run sizes`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { bundleSize } from "./bundle-size.ts";
import { entries, root } from "./entries.ts";

/** Typical imports of an edge app. Redis clients and Hono aren't counted, since the app has them anyway. */
const CORE = 'export { createRwt } from "redis-web-token";';
const HONO = 'export { rwtAuth, signIn, signOut } from "redis-web-token/hono";';
const PARTS: Readonly<Record<string, string>> = {
  createRwt: CORE,
  "createRwt and the Hono entry": `${CORE}\n${HONO}`,
  "createRwt and memoryStore": `${CORE}\nexport { memoryStore } from "redis-web-token/memory";`,
  "createRwt and upstashStore": `${CORE}\nexport { upstashStore } from "redis-web-token/upstash";`,
  "createRwt and ioredisStore": `${CORE}\nexport { ioredisStore } from "redis-web-token/ioredis";`,
  "createRwt and nodeRedisStore": `${CORE}\nexport { nodeRedisStore } from "redis-web-token/node-redis";`,
};

/** Bytes. */
const CORE_BUDGET = 6200;
const HONO_BUDGET = 4500;

const sizes = new Map<string, number>();
for (const [name, contents] of Object.entries(PARTS)) sizes.set(name, await bundleSize(contents));
const core = sizes.get("createRwt") ?? Number.NaN;
for (const [name, size] of sizes) {
  console.log(
    `${name.padEnd(30)} ${String(size).padStart(5)} B min+gzip   ${size === core ? "" : `+${size - core}`}`,
  );
}
const problems: string[] = [];
const hono = (sizes.get("createRwt and the Hono entry") ?? Number.NaN) - core;
// Negated, so that NaN fails too.
if (!(core <= CORE_BUDGET && hono <= HONO_BUDGET)) {
  problems.push(`over budget: the core may take ${CORE_BUDGET} B, and the Hono entry ${HONO_BUDGET} B more`);
}

/** The size of each entry alone, with all its exports. */
const alone: Record<string, number> = {};
for (const { name } of entries) alone[name] = await bundleSize(`export * from "${name}";`);

const record = `${root}sizes.json`;
if (process.argv.includes("--write")) {
  writeFileSync(record, `${JSON.stringify(alone, undefined, 2)}\n`);
} else {
  const recorded = JSON.parse(readFileSync(record, "utf8")) as Record<string, number>;
  for (const [name, size] of Object.entries(alone)) {
    const before = recorded[name] ?? 0;
    // Another version of the bundler may produce some bytes more.
    if (size > before * 1.01)
      problems.push(`${name} has grown from ${before} to ${size} B: if that is intended, run npm run sizes`);
  }
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
