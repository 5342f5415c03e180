import type { RedisOptions } from "ioredis";
import { OptionRangeError } from "../errors.ts";
import { knownOptions } from "../lib/check.ts";
import { checkTarget } from "../stores/owned-client.ts";
import type { CompatTcpRedis } from "./types.ts";

/** Options of node_redis 2 that tune a client which is no longer used. They are accepted, and ignored. */
const TUNING = [
  "connect_timeout",
  "detect_buffers",
  "disable_resubscribing",
  "enable_offline_queue",
  "max_attempts",
  "no_ready_check",
  "parser",
  "retry_max_delay",
  "retry_strategy",
  "retry_unfulfilled_commands",
  "return_buffers",
  "socket_initial_delay",
  "socket_keepalive",
  "socket_nodelay",
  "string_numbers",
];
const KNOWN = [
  "host",
  "port",
  "path",
  "url",
  "username",
  "password",
  "auth_pass",
  "db",
  "family",
  "tls",
  "prefix",
  "timeout",
] as const;

/** Converts the original's options to ioredis's names. */
export function ioredisOptions(redis: CompatTcpRedis): RedisOptions {
  const known = [...KNOWN, ...TUNING] as (keyof CompatTcpRedis)[];
  const given = { ...knownOptions("redis", redis, known), ...fromUrl(redis.url) };
  const {
    host = "localhost",
    port = 6379,
    path,
    username,
    password = given.auth_pass,
    db,
    family,
    tls,
  } = given;
  return {
    ...(path === undefined ? { host, port: wholeNumberOf("port", port) } : { path }),
    ...(username && { username }),
    ...(password && { password }),
    ...(db !== undefined && { db: wholeNumberOf("db", db) }),
    ...(family !== undefined && { family: wholeNumberOf("family", String(family).replace(/^IPv/, "")) }),
    ...(tls && { tls: typeof tls === "object" ? tls : {} }),
  };
}

function fromUrl(url: string | undefined): CompatTcpRedis {
  if (url === undefined) return {};
  checkTarget(url);
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  return {
    // A URL has an IPv6 address in brackets, ioredis without them.
    host: hostname.replaceAll(/[[\]]/g, "") || "localhost",
    ...(port && { port }),
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 && { db: pathname.slice(1) }),
    ...(protocol === "rediss:" && { tls: true }),
  };
}

function wholeNumberOf(option: string, value: unknown): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0) return number;
  throw new OptionRangeError(`redis.${option}`, `redis.${option} must be a whole number`);
}
