import { createRwt, type Rwt, type TokenStore } from "redis-web-token";
import { events } from "redis-web-token/events";
import { memoryStore } from "redis-web-token/memory";
import { type SessionMethods, sessions } from "redis-web-token/sessions";
import { upstashStore } from "redis-web-token/upstash";
import { createLoginLimit, type LoginLimit } from "./login-limit.ts";
import { createMeter, type Meter } from "./meter.ts";
import { countingWith } from "./metered.ts";
import { readUsers, type User, type Users } from "./users.ts";

/** The Worker's bindings, or a process's environment variables. */
export interface Environment {
  /** A Redis over HTTP: both or neither. */
  readonly UPSTASH_REDIS_REST_URL?: string | undefined;
  readonly UPSTASH_REDIS_REST_TOKEN?: string | undefined;
  /** A Redis over TCP, for Node, Deno and Bun; it goes before the other. */
  readonly REDIS_URL?: string | undefined;
  /** The secrets, newest first, with commas between them. The same for every service that shares the Redis. */
  readonly RWT_SECRET?: string | undefined;
  /** Seconds of idleness after which a session ends. */
  readonly RWT_EXPIRE?: string | undefined;
  /** Seconds after which it ends in any case. */
  readonly RWT_MAX_LIFETIME?: string | undefined;
  /** See `readUsers`. */
  readonly DEMO_USERS?: string | undefined;
  /** How to sign in to the demo, for its sign-in page. Only with users whose passwords everyone knows. */
  readonly DEMO_HINT?: string | undefined;
}

/** The token service, with what it can do for all of a user's sessions. */
export type SessionService = Rwt<User> & SessionMethods<User>;

export interface Settings {
  readonly rwt: SessionService;
  /** The same sessions, for pages that only show whether one lives: viewing does not extend the session. */
  readonly watch: SessionService;
  readonly users: Users;
  readonly loginLimit: LoginLimit;
  readonly meter: Meter;
  /** Where sessions live: a name for people. */
  readonly storeName: string;
  /** How to sign in to the demo. */
  readonly hint: string | undefined;
}

/**
 * Reads an environment.
 *
 * @param tcpStore - opens a Redis over TCP; none on Workers, whose bundle holds no TCP client
 * @throws an error that says what is wrong, and never what a secret variable holds
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
    watch: createRwt<User>({ ...options, verifyExtendsToken: false }).with(bySubject),
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

/** Tokens signed with it are good for as long as the memory store that holds their sessions. */
const randomSecret = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));

function secretMissing(): never {
  throw new TypeError(
    "RWT_SECRET is not set. Every service that shares the Redis needs the same one: openssl rand -base64 32",
  );
}
