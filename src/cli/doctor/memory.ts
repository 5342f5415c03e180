import { type Finding, findingsOf } from "./finding.ts";
import type { Server } from "./server.ts";

const eviction = findingsOf("eviction");
const memory = findingsOf("memory");

/** What each policy takes when Redis is full. Every session has a time to live, so "volatile" means any of them. */
const TAKES: Readonly<Record<string, string>> = {
  "allkeys-lru": "whatever was used least recently, sessions among it",
  "allkeys-lfu": "whatever was used least often, sessions among it",
  "allkeys-random": "anything at random, sessions among it",
  "volatile-lru": "the sessions that were used least recently, before keys that have no time to live",
  "volatile-lfu": "the sessions that were used least often, before keys that have no time to live",
  "volatile-random": "sessions at random, before keys that have no time to live",
  "volatile-ttl": "the sessions that would end soonest",
};

/** Whether sessions are dropped when Redis is full. That logs users out; it never lets anyone in, so it is no problem. */
export async function checkEviction(server: Server): Promise<Finding> {
  const policy = await policyOf(server);
  if (policy === undefined)
    return eviction.unknown(
      "neither INFO nor CONFIG tells of maxmemory-policy; look into the provider's settings",
    );
  if (policy === "noeviction") {
    return eviction.ok("noeviction: a full Redis refuses new sessions, and keeps those that are there");
  }
  const evicted = server.count("evicted_keys") ?? 0;
  const takes = TAKES[policy] ?? "some keys";
  const limit = await maxmemoryOf(server);
  if (limit === 0 && evicted === 0) {
    return eviction.ok(`${policy} would take ${takes}; but no maxmemory is set, so nothing is taken`);
  }
  const soFar = evicted > 0 ? `; ${evicted} keys so far` : "";
  return eviction.warning(
    `${policy}: a full Redis takes ${takes}${soFar}: that logs users out, and lets nobody in`,
    "set maxmemory-policy noeviction, and give sessions a Redis of their own that is large enough",
  );
}

const HIGH = 0.8;
const FULL = 0.95;

export async function checkMemory(server: Server): Promise<Finding> {
  const limit = await maxmemoryOf(server);
  const used = server.count("used_memory");
  if (limit === undefined || used === undefined)
    return memory.unknown("INFO doesn't tell of used_memory or maxmemory");
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  if (limit === 0) return memory.ok(`${megabytes(used)} used, no maxmemory set`);
  const share = used / limit;
  const message = `${megabytes(used)} used of ${megabytes(limit)}, ${Math.round(share * 100)} %`;
  if (share < HIGH) return memory.ok(message);
  const policy = await policyOf(server);
  if (policy !== undefined && policy !== "noeviction") {
    return memory.warning(
      message,
      `raise maxmemory, or shorten expire: a full Redis drops sessions by ${policy}, which logs users out, and lets nobody in`,
    );
  }
  const advice = "raise maxmemory, or shorten expire: a full Redis takes no new session";
  return share >= FULL ? memory.problem(message, advice) : memory.warning(message, advice);
}

const policyOf = async (server: Server): Promise<string | undefined> =>
  server.info("maxmemory_policy") ?? (await server.setting("maxmemory-policy"));

/** Bytes; 0 where there is no limit. */
async function maxmemoryOf(server: Server): Promise<number | undefined> {
  const limit = server.count("maxmemory");
  if (limit !== undefined) return limit;
  const setting = await server.setting("maxmemory");
  return setting === undefined ? undefined : Number(setting);
}
