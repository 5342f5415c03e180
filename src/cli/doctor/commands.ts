import { toBase64Url } from "../../lib/bytes.ts";
import type { RedisStore } from "../../stores/redis.ts";
import { type Finding, findingsOf } from "./finding.ts";
import { answer, refusalOf, type Server } from "./server.ts";

const version = findingsOf("version");
const commands = findingsOf("commands");

export function checkVersion(server: Server): Finding {
  const text = server.info("redis_version");
  const [, major = "", minor = ""] = /^(\d+)\.(\d+)/.exec(text ?? "") ?? [];
  if (text === undefined || major === "") return version.unknown("INFO is refused or tells of no version");
  const number = Number(major) + Number(minor) / 100;
  if (number < 6.02) {
    return version.problem(`Redis ${text}: GETEX isn't there before 6.2`, "use Redis 7.0 or later");
  }
  // Managed ones that are compatible name an old version; whether their commands work is tried below.
  const isRedis = server.info("redis_mode") !== undefined && server.info("upstash_version") === undefined;
  if (number < 7 && isRedis) {
    return version.warning(`Redis ${text} does, and gets no fixes any more`, "use Redis 7.0 or later");
  }
  return version.ok(`Redis ${text}`);
}

/** Seconds after which Redis forgets what is tried here, should this program end halfway. */
const TTL = 10;

/** Tries every command of a service's life on keys of its own, through the store's own code. */
export async function checkCommands(store: RedisStore, prefix = "rwt:"): Promise<Finding> {
  // Random enough to meet nothing that is there.
  const member = `doctor-${toBase64Url(crypto.getRandomValues(new Uint8Array(11)))}`;
  const [key, index] = [`${prefix}{0000}:s:${member}`, `${prefix}{0000}:u:${member}`];
  const now = Math.floor(Date.now() / 1000);
  const joins = { key: index, member, deadline: now + TTL, now };
  const entry = { key, value: "{}", ttl: TTL };
  const signs = async (): Promise<boolean> =>
    // A key without an end would be there for ever. Services don't need TTL, so it may be refused.
    (await store.create({ ...entry, index: joins })) && Number((await answer(store, "TTL", index)) ?? 1) > 0;
  const steps: readonly (readonly [string, () => Promise<unknown>, unknown])[] = [
    ["SET with EX and NX", () => store.create(entry), true],
    ["GET", () => store.read(key), "{}"],
    ["GETEX", () => store.read(key, { slideTo: TTL }), "{}"],
    ["EXPIRE", () => store.extend(key, TTL), true],
    ["DEL", () => store.remove(key), true],
    ["EVALSHA and EVAL", signs, true],
  ];
  const failed: string[] = [];
  for (const [name, run, expected] of steps) {
    try {
      if ((await run()) !== expected) failed.push(`${name} (another answer than it should give)`);
    } catch (error) {
      failed.push(`${name} (${refusalOf(error)})`);
    }
  }
  for (const left of [key, index]) await store.remove(left).catch(() => {});
  if (failed.length === 0) return commands.ok("all that a service sends works, and the script of sign too");
  if (failed.join().includes("MOVED")) {
    return commands.unknown("a node of a cluster, without the slot that is tried: ask the other nodes too");
  }
  return commands.problem(
    `what a service sends doesn't work: ${failed.join(", ")}`,
    adviceFor(failed.join()),
  );
}

function adviceFor(failed: string): string {
  if (failed.includes("NOPERM")) {
    return "let the ACL user do it: ACL SETUSER <user> ~<prefix>* +@read +@write +@scripting +ping";
  }
  if (failed.includes("readonly")) return "this is a replica: use the primary's URL";
  if (failed.includes("memory")) return "Redis is full: raise maxmemory";
  return "look into Redis's log; use Redis 7.0 or later, or a server that is compatible with it";
}
