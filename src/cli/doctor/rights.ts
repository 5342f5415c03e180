import { StoreFault } from "../../errors.ts";
import { command, query, type RedisCommand } from "../../redis/command.ts";
import type { TokenStore } from "../../store.ts";
import type { Environment } from "../variables.ts";

/** Makes a command that changes nothing, to test whether the user may send commands of this name. */
type Probe = (key: string) => RedisCommand;

/** All commands that a service sends, also within its scripts. docs/operations.md lists them too, and a test compares both. */
const SERVICE: Readonly<Record<string, Probe>> = {
  ping: () => query("PING"),
  get: (key) => query("GET", [key]),
  mget: (key) => query("MGET", [key]),
  // XX: sets nothing, since the key doesn't exist.
  set: (key) => command("SET", [key], ["", "EX", "1", "XX"]),
  getex: (key) => command("GETEX", [key], ["EX", "1"]),
  del: (key) => command("DEL", [key]),
  exists: (key) => query("EXISTS", [key]),
  expire: (key) => command("EXPIRE", [key], ["1"]),
  pttl: (key) => query("PTTL", [key]),
  getrange: (key) => query("GETRANGE", [key], ["0", "0"]),
  // An empty value creates no key.
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

/** Further commands that options of the stores, and features, need. */
const REPLICAS: Readonly<Record<string, Probe>> = {
  wait: () => query("WAIT", [], ["0", "1"]),
  info: () => query("INFO", [], ["replication"]),
};
const TRACKING: Readonly<Record<string, Probe>> = {
  "client|tracking": () => query("CLIENT TRACKING", [], ["OFF"]),
};
const ONCE: Readonly<Record<string, Probe>> = {
  getdel: (key) => command("GETDEL", [key]),
};

/** Commands by purpose, named as in ACL SETUSER, without the plus sign. */
export const RIGHTS: Readonly<
  Record<"service" | "verifier" | "operator" | "replicas" | "tracking" | "once", readonly string[]>
> = {
  service: Object.keys(SERVICE),
  /** For a service that only verifies, without `verifyExtendsToken`. */
  verifier: ["ping", "get", "mget", "del", "getrange", "setrange", "eval", "evalsha", "time"],
  /** For the command line, with everything that doctor asks the server. */
  operator: [...Object.keys(SERVICE), "info", "config|get"],
  replicas: Object.keys(REPLICAS),
  tracking: Object.keys(TRACKING),
  once: Object.keys(ONCE),
};

/** The commands that the connection's user has no right to. */
export interface MissingRights {
  readonly service: readonly string[];
  readonly replicas: readonly string[];
  readonly tracking: readonly string[];
  readonly once: readonly string[];
}

/** @param prefix - the prefix of every Redis key */
export async function findMissingRights(store: TokenStore, prefix: string): Promise<MissingRights> {
  // A key that doesn't exist.
  const key = `${prefix}{0000}:doctor:${crypto.randomUUID()}`;
  const missing = async (probes: Readonly<Record<string, Probe>>): Promise<string[]> => {
    const found = await Promise.all(
      Object.entries(probes).map(async ([name, probe]) =>
        (await isDenied(store, probe(key))) ? [name] : [],
      ),
    );
    return found.flat();
  };
  return {
    service: await missing(SERVICE),
    replicas: await missing(REPLICAS),
    tracking: await missing(TRACKING),
    once: await missing(ONCE),
  };
}

/** Whether the user lacks the right to a command. Other errors say nothing about rights. */
const isDenied = (store: TokenStore, sent: RedisCommand): Promise<boolean> =>
  store.run(sent).then(
    () => false,
    (error: unknown) => {
      const { cause } = Object(error) as { cause?: unknown };
      return cause instanceof StoreFault && cause.code === "NOPERM";
    },
  );

/** Whether every command with a key was refused. Then the user may lack the right to the keys instead of the commands. */
export const lacksKeys = ({ service }: MissingRights): boolean =>
  Object.keys(SERVICE).every((name) => ["ping", "time"].includes(name) || service.includes(name));

/** Joins names as in ACL SETUSER. */
export const plus = (names: readonly string[]): string => names.map((name) => `+${name}`).join(" ");

/** Advice that ends with the ACL SETUSER command for the least rights that services, their features and their stores' options need. */
export function setUserAdvice(prefix: string, { REDIS_URL = "" }: Environment): string {
  const { service, replicas, tracking, once } = RIGHTS;
  const database = URL.canParse(REDIS_URL) && /^\/0*[1-9]/.test(new URL(REDIS_URL).pathname);
  const names = [...service, ...(database ? ["select"] : []), ...replicas, ...tracking, ...once];
  return `run this, without ${plus(replicas)} if no store has the option replicas, without ${plus(tracking)} if there is neither watch() nor cache on node-redis, and without ${plus(once)} if there are no one-time tokens: ACL SETUSER <user> ${keysOf(prefix)} ${plus(names)}`;
}

/** The pattern of all keys with the prefix, escaped for redis-cli. */
function keysOf(prefix: string): string {
  const pattern = `~${prefix.replace(/[*?[\]\\]/g, "\\$&")}*`;
  return /^[!#-&(-[\]-~]+$/.test(pattern) ? pattern : JSON.stringify(pattern);
}
