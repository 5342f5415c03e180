import { createRwt, type Rwt, type TokenStore } from "redis-web-token";
import { events } from "redis-web-token/events";
import { memoryStore } from "redis-web-token/memory";
import { type SessionMethods, sessions } from "redis-web-token/sessions";
import { upstashStore } from "redis-web-token/upstash";
import { type WatchMethods, watch } from "redis-web-token/watch";
import { createLoginLimit, type LoginLimit } from "./login-limit.ts";
import { createMeter, type Meter } from "./meter.ts";
import { countingWith } from "./metered.ts";
import { readUsers, type User, type Users } from "./users.ts";

/** The Worker's bindings, or a process's environment variables. */
export interface Environment {
  /** A Redis over HTTP. Set both or neither. */
  readonly UPSTASH_REDIS_REST_URL?: string | undefined;
  readonly UPSTASH_REDIS_REST_TOKEN?: string | undefined;
  /** A Redis over TCP, for Node, Deno and Bun. It takes precedence over HTTP. */
  readonly REDIS_URL?: string | undefined;
  /** The secrets, newest first, separated by commas. The same for every service that shares the Redis. */
  readonly RWT_SECRET?: string | undefined;
  /** Idle timeout in seconds. */
  readonly RWT_EXPIRE?: string | undefined;
  /** Absolute lifetime in seconds. */
  readonly RWT_MAX_LIFETIME?: string | undefined;
  /** See `readUsers`. */
  readonly DEMO_USERS?: string | undefined;
  /** How to sign in to the demo, shown on the sign-in page. Only for users whose passwords are public. */
  readonly DEMO_HINT?: string | undefined;
}

/** The token service with methods for all of a user's sessions. */
export type SessionService = Rwt<User> & SessionMethods<User>;

export interface Settings {
  readonly rwt: SessionService;
  /** A service for the same sessions that doesn't extend them, for pages that only show whether one is live. */
  readonly watch: SessionService & WatchMethods<User>;
  readonly users: Users;
  readonly loginLimit: LoginLimit;
  readonly meter: Meter;
  /** A readable name of the place where sessions are stored. */
  readonly storeName: string;
  /** How to sign in to the demo. */
  readonly hint: string | undefined;
}

/**
 * Reads the settings from environment variables.
 *
 * @param tcpStore - opens a Redis over TCP. Omitted on Workers, whose bundle contains no TCP client
 * @throws an error that says what is wrong, without the values of secret variables
 */
export function readSettings(env: Environment, tcpStore?: (url: string) => TokenStore): Settings {
  const shared = sharedStore(env, tcpStore);
  const users = readUsers(env.DEMO_USERS);
  const options = {
    store: shared?.store ?? memoryStore(),
    secret: readSecrets(env) ?? (shared === undefined ? randomSecret() : secretMissing()),
    expire: Number(env.RWT_EXPIRE || 15 * 60),
    maxLifetime: Number(env.RWT_MAX_LIFETIME || 12 * 60 * 60),
  };
  const bySubject = sessions({
    maxSessions: 20,
    onEvent: ({ type, subject }) => console.warn(type, subject),
  });
  const meter = createMeter();
  if (shared === undefined) console.log(MEMORY_NOTICE);
  return {
    rwt: createRwt<User>({ ...options, verifyExtendsToken: true })
      .with(bySubject)
      .with(events({ onEvent: countingWith(meter) })),
    watch: createRwt<User>({ ...options, verifyExtendsToken: false })
      .with(bySubject)
      .with(watch()),
    users,
    loginLimit: createLoginLimit(),
    meter,
    storeName: shared?.name ?? "Memory",
    hint: env.DEMO_HINT || undefined,
  };
}

const MEMORY_NOTICE =
  "No Redis is set: sessions live in memory, where no other service sees them, and a restart ends them.";

function sharedStore(
  env: Environment,
  tcpStore?: (url: string) => TokenStore,
): { store: TokenStore; name: string } | undefined {
  const { REDIS_URL, UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = env;
  if (REDIS_URL && tcpStore) return { store: tcpStore(REDIS_URL), name: "Redis over TCP" };
  if (url && token) return { store: upstashStore({ url, token }), name: "Redis over HTTP" };
  if (!url && !token) return undefined;
  const [set, missing] = url ? ["URL", "TOKEN"] : ["TOKEN", "URL"];
  throw new TypeError(
    `UPSTASH_REDIS_REST_${set} is set and UPSTASH_REDIS_REST_${missing} is not: set both, or neither`,
  );
}

function readSecrets({ RWT_SECRET }: Environment): string[] | undefined {
  return RWT_SECRET ? RWT_SECRET.split(",").map((secret) => secret.trim()) : undefined;
}

/** Lasts as long as the process, as do the sessions in the memory store. */
const randomSecret = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));

function secretMissing(): never {
  throw new TypeError(
    "RWT_SECRET is not set. Every service that shares the Redis needs the same one: openssl rand -base64 32",
  );
}
