import { StoreFault } from "../../errors.ts";
import { command, query, type RedisCommand } from "../../redis/command.ts";
import type { TokenStore } from "../../store.ts";
import type { Environment } from "../variables.ts";

/** A command that changes nothing, by which it shows whether a user may send its kind. */
type Probe = (key: string) => RedisCommand;

/** All that a service sends by itself and within its scripts. docs/operations.md has the same, and tests compare the two. */
const SERVICE: Readonly<Record<string, Probe>> = {
  ping: () => query("PING"),
  get: (key) => query("GET", [key]),
  mget: (key) => query("MGET", [key]),
  // Only over a value that is there.
  set: (key) => command("SET", [key], ["", "EX", "1", "XX"]),
  getex: (key) => command("GETEX", [key], ["EX", "1"]),
  del: (key) => command("DEL", [key]),
  exists: (key) => query("EXISTS", [key]),
  expire: (key) => command("EXPIRE", [key], ["1"]),
  pttl: (key) => query("PTTL", [key]),
  getrange: (key) => query("GETRANGE", [key], ["0", "0"]),
  // Nothing creates no key.
  setrange: (key) => command("SETRANGE", [key], ["0", ""]),
  zadd: (key) => command("ZADD", [key], ["XX", "0", "doctor"]),
  zrem: (key) => command("ZREM", [key], ["doctor"]),
  zcard: (key) => query("ZCARD", [key]),
  zrange: (key) => query("ZRANGE", [key], ["0", "0"]),
  zrevrank: (key) => query("ZREVRANK", [key], ["doctor"]),
  zrandmember: (key) => query("ZRANDMEMBER", [key]),
  eval: (key) => command("EVAL", [], ["return 1", "1", key]),
  evalsha: (key) => command("EVALSHA", [], ["0".repeat(40), "1", key]),
  time: () => query("TIME"),
};

/** What the stores' options need beyond that. */
const REPLICAS: Readonly<Record<string, Probe>> = {
  wait: () => query("WAIT", [], ["0", "1"]),
  info: () => query("INFO", [], ["replication"]),
};
const CACHE: Readonly<Record<string, Probe>> = {
  "client|tracking": () => query("CLIENT TRACKING", [], ["OFF"]),
};

/** Names of commands, as ACL SETUSER takes them after a plus sign. */
export const RIGHTS: Readonly<
  Record<"service" | "verifier" | "operator" | "replicas" | "cache", readonly string[]>
> = {
  service: Object.keys(SERVICE),
  /** Checks only, without `verifyExtendsToken`. */
  verifier: ["ping", "get", "mget", "del", "getrange", "setrange", "eval", "evalsha", "time"],
  /** The command line, with all that doctor asks the server. */
  operator: [...Object.keys(SERVICE), "info", "config|get"],
  replicas: Object.keys(REPLICAS),
  cache: Object.keys(CACHE),
};

/** Which rights the user of a connection lacks, by name. */
export interface MissingRights {
  readonly service: readonly string[];
  readonly replicas: readonly string[];
  readonly cache: readonly string[];
}

/** @param prefix - of every Redis key */
export async function findMissingRights(store: TokenStore, prefix: string): Promise<MissingRights> {
  // A key that nobody has, in a slot of its own.
  const key = `${prefix}{0000}:doctor:${crypto.randomUUID()}`;
  const missing = async (probes: Readonly<Record<string, Probe>>): Promise<string[]> => {
    const found = await Promise.all(
      Object.entries(probes).map(async ([name, probe]) =>
        (await isDenied(store, probe(key))) ? [name] : [],
      ),
    );
    return found.flat();
  };
  return { service: await missing(SERVICE), replicas: await missing(REPLICAS), cache: await missing(CACHE) };
}

/** Whether the user's rights refuse a command. What else goes wrong with it says nothing of rights. */
const isDenied = (store: TokenStore, sent: RedisCommand): Promise<boolean> =>
  store.run(sent).then(
    () => false,
    (error: unknown) => {
      const { cause } = Object(error) as { cause?: unknown };
      return cause instanceof StoreFault && cause.code === "NOPERM";
    },
  );

/** Whether every command that names a key was refused, so that it may be the keys that the user has no right to. */
export const lacksKeys = ({ service }: MissingRights): boolean =>
  Object.keys(SERVICE).every((name) => ["ping", "time"].includes(name) || service.includes(name));

/** Names as ACL SETUSER takes them. */
export const plus = (names: readonly string[]): string => names.map((name) => `+${name}`).join(" ");

/** The least that lets a user do all that services and the options of their stores send, in words that end with the command. */
export function setUserAdvice(prefix: string, { REDIS_URL = "" }: Environment): string {
  const { service, replicas, cache } = RIGHTS;
  const database = URL.canParse(REDIS_URL) && /^\/0*[1-9]/.test(new URL(REDIS_URL).pathname);
  const names = [...service, ...(database ? ["select"] : []), ...replicas, ...cache];
  return `leave out ${plus(replicas)} where no store has the option replicas, and ${plus(cache)} where none has cache on node-redis: ACL SETUSER <user> ${keysOf(prefix)} ${plus(names)}`;
}

/** The pattern of all keys that begin with the prefix, as redis-cli reads it. */
function keysOf(prefix: string): string {
  const pattern = `~${prefix.replace(/[*?[\]\\]/g, "\\$&")}*`;
  return /^[!#-&(-[\]-~]+$/.test(pattern) ? pattern : JSON.stringify(pattern);
}
