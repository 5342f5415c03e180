import { type Finding, findingsOf } from "./finding.ts";
import type { Server } from "./server.ts";

const eviction = findingsOf("eviction");
const memory = findingsOf("memory");

/** What each policy evicts when Redis is full. Every session has a time to live, so "volatile" includes all sessions. */
const TAKES: Readonly<Record<string, string>> = {
  "allkeys-lru": "the least recently used keys, including sessions",
  "allkeys-lfu": "the least often used keys, including sessions",
  "allkeys-random": "random keys, including sessions",
  "volatile-lru": "the least recently used sessions, and no keys without a time to live",
  "volatile-lfu": "the least often used sessions, and no keys without a time to live",
  "volatile-random": "random sessions, and no keys without a time to live",
  "volatile-ttl": "the sessions that would expire soonest",
};

/** Checks whether a full Redis evicts sessions. That is only a warning: it logs users out, but lets nobody in. */
export async function checkEviction(server: Server): Promise<Finding> {
  const policy = await policyOf(server);
  if (policy === undefined)
    return eviction.unknown("neither INFO nor CONFIG shows maxmemory-policy: see the provider's settings");
  if (policy === "noeviction") {
    return eviction.ok("noeviction: a full Redis refuses new sessions, and keeps existing ones");
  }
  const evicted = server.count("evicted_keys") ?? 0;
  const takes = TAKES[policy] ?? "some keys";
  const limit = await maxmemoryOf(server);
  if (limit === 0 && evicted === 0) {
    return eviction.ok(`${policy} would evict ${takes}, but no maxmemory is set, so Redis evicts nothing`);
  }
  const soFar = evicted > 0 ? ` (${evicted} keys so far)` : "";
  return eviction.warning(
    `${policy}: a full Redis evicts ${takes}${soFar}, which logs users out, but lets nobody in`,
    "set maxmemory-policy noeviction, and use a separate Redis for sessions, with enough memory",
  );
}

const HIGH = 0.8;
const FULL = 0.95;

export async function checkMemory(server: Server): Promise<Finding> {
  const limit = await maxmemoryOf(server);
  const used = server.count("used_memory");
  if (limit === undefined || used === undefined)
    return memory.unknown("INFO doesn't show used_memory or maxmemory");
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  if (limit === 0) return memory.ok(`${megabytes(used)} used, no maxmemory set`);
  const share = used / limit;
  const message = `${megabytes(used)} used of ${megabytes(limit)}, ${Math.round(share * 100)} %`;
  if (share < HIGH) return memory.ok(message);
  const policy = await policyOf(server);
  if (policy !== undefined && policy !== "noeviction") {
    return memory.warning(
      message,
      `raise maxmemory, or shorten expire: with ${policy}, a full Redis evicts sessions, which logs users out, but lets nobody in`,
    );
  }
  const advice = "raise maxmemory, or shorten expire: a full Redis refuses new sessions";
  return share >= FULL ? memory.problem(message, advice) : memory.warning(message, advice);
}

const policyOf = async (server: Server): Promise<string | undefined> =>
  server.info("maxmemory_policy") ?? (await server.setting("maxmemory-policy"));

/** In bytes; 0 means no limit. */
async function maxmemoryOf(server: Server): Promise<number | undefined> {
  const limit = server.count("maxmemory");
  if (limit !== undefined) return limit;
  const setting = await server.setting("maxmemory");
  return setting === undefined ? undefined : Number(setting);
}
