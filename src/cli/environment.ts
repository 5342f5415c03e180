import { ClientMissingError } from "../errors.ts";
import type { RwtOptions } from "../options.ts";
import type { TokenStore } from "../store.ts";
import { loadedStore } from "../stores/loaded-store.ts";
import { upstashStore } from "../stores/upstash.ts";
import { type Flags, number, optional, UsageError } from "./command.ts";
import type { Environment } from "./variables.ts";

/** Milliseconds. */
const DEFAULT_TIMEOUT = 5000;

/** Makes the store that the environment names. `REDIS_URL` has priority over the REST API. */
export function readStore(env: Environment, flags: Flags): TokenStore {
  const timeout = number("--timeout", optional(flags, "timeout")) ?? DEFAULT_TIMEOUT;
  const { REDIS_URL: redisUrl, UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = env;
  if (redisUrl) return loadedStore(() => openTcp(redisUrl, timeout));
  if (url && token) return upstashStore({ url, token }, { timeout });
  throw new UsageError(
    url || token
      ? "set both UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN: one of them is missing"
      : "no Redis is set: set REDIS_URL, or UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN",
  );
}

/** Uses whichever TCP client is installed, ioredis first. */
async function openTcp(url: string, timeout: number): Promise<TokenStore> {
  if (await isInstalled(import("ioredis"))) {
    return (await import("../stores/ioredis.ts")).ioredisStore(url, { timeout });
  }
  if (await isInstalled(import("redis"))) {
    return (await import("../stores/node-redis.ts")).nodeRedisStore(url, { timeout });
  }
  throw new ClientMissingError("REDIS_URL needs a client: npm install ioredis, or npm install redis");
}

const isInstalled = (importing: Promise<unknown>): Promise<boolean> =>
  importing.then(
    () => true,
    () => false,
  );

/**
 * Reads the secrets from RWT_SECRET, newest first: either separated by commas, or as a JSON array, whose secrets may contain any
 * character. Returns an empty array if it isn't set.
 */
export function readSecrets({ RWT_SECRET: text }: Environment): readonly string[] {
  if (!text) return [];
  if (!text.trimStart().startsWith("[")) return text.split(",").map((secret) => secret.trim());
  const parsed = parseJson(text);
  if (Array.isArray(parsed) && parsed.length > 0 && parsed.every((secret) => typeof secret === "string")) {
    return parsed;
  }
  throw new UsageError(
    'RWT_SECRET begins with [ but isn\'t a JSON array of strings: write ["newest","older"]',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Don't throw the parser's own error, which quotes a part of the text.
    return undefined;
  }
}

/** Reads a service's options from the environment and the command line. */
export function readService(env: Environment, flags: Flags): RwtOptions & { readonly store: TokenStore } {
  const store = readStore(env, flags);
  const secret = readSecrets(env);
  if (secret.length === 0) {
    throw new UsageError(
      "RWT_SECRET is not set: set it to the services' secret. For a new one: redis-web-token secret",
    );
  }
  const maxLifetime = number("RWT_MAX_LIFETIME", env.RWT_MAX_LIFETIME);
  const expire = number("RWT_EXPIRE", env.RWT_EXPIRE);
  return { store, secret, prefix: readPrefix(env, flags), maxLifetime, expire };
}

export const readPrefix = (env: Environment, flags: Flags): string | undefined =>
  optional(flags, "prefix") ?? env.RWT_PREFIX;
