import type { LegacySession } from "../legacy/feature.ts";
import type { LegacyOptions } from "../legacy/options.ts";
import type { SignOptions } from "../options.ts";
import type { TokenStore } from "../store.ts";

/** Called exactly once: with an error, or with `null` and the result. */
export type Callback<Result, More extends unknown[] = []> = (
  error: Error | null,
  result?: Result,
  ...more: Partial<More>
) => void;

/** The address of Redis, with node_redis 2's names as in the original. */
export interface CompatTcpRedis {
  /** @default "localhost" */
  readonly host?: string | undefined;
  /** @default 6379 */
  readonly port?: number | string | undefined;
  /** A Unix socket. */
  readonly path?: string | undefined;
  /** `redis://user:password@host:port/db`, or `rediss://` for TLS. It overrides the options that say the same. */
  readonly url?: string | undefined;
  /** The ACL user. */
  readonly username?: string | undefined;
  /** The ACL user's, or Redis's. */
  readonly password?: string | undefined;
  /** An alias of `password`. */
  readonly auth_pass?: string | undefined;
  /**
   * The database.
   * @default 0
   */
  readonly db?: number | string | undefined;
  /** The version of IP. */
  readonly family?: 4 | 6 | "IPv4" | "IPv6" | undefined;
  /** `true`, or options of Node's `tls.connect`. */
  readonly tls?: boolean | object | undefined;
  /**
   * The prefix of every Redis key of the new tokens. All services that share sessions need the same prefix.
   * @default "rwt:"
   */
  readonly prefix?: string | undefined;
  /**
   * How long a call may take, in milliseconds.
   * @default 2000
   */
  readonly timeout?: number | undefined;
}

/** A Redis over HTTP, with Upstash's protocol. It works on Cloudflare Workers too. */
export interface CompatHttpRedis extends Pick<CompatTcpRedis, "prefix" | "timeout"> {
  /** `UPSTASH_REDIS_REST_URL` */
  readonly url: string;
  /** `UPSTASH_REDIS_REST_TOKEN` */
  readonly token: string;
}

/** The original's own settings. */
export interface CompatCustom {
  /**
   * Idle timeout in seconds.
   * @default 3600
   */
  readonly expire?: number | undefined;
  /**
   * Whether `verify` restarts the idle timeout.
   * @default false
   */
  readonly verifyExtendsToken?: boolean | undefined;
  /**
   * Absolute lifetime in seconds from `sign`. The original had none.
   * @default 30 days, or `expire` if that is longer
   */
  readonly maxLifetime?: number | undefined;
}

/** The factory's options. */
export interface CompatConfig<User = Record<string, unknown>> {
  /** The address of Redis, or a store such as `nodeRedisStore(client)`. */
  readonly redis?: CompatTcpRedis | CompatHttpRedis | TokenStore | undefined;
  /** The original's own settings. */
  readonly custom?: CompatCustom | undefined;
  /** The prefix of every Redis key of the new tokens, if `redis` is a store. */
  readonly prefix?: string | undefined;
  /** Accepts the old libraries' tokens too. Their secret is that of each call, unless you set one here. */
  readonly legacy?: LegacyOptions<User> | undefined;
}

/** Options of one `sign`: its own `expire` in seconds, and `subject` and `meta` as with `createRwt`. */
export type CompatSignParams = SignOptions | null | undefined;

/**
 * The original's methods. Each takes a callback as its last argument, or returns a promise. With a callback, a wrong argument throws
 * at once, as in the original; otherwise the promise rejects.
 */
export interface CompatRwt<User = Record<string, unknown>> {
  /** Starts a session and returns its token. */
  sign(user: User, secret: string, params: CompatSignParams, callback: Callback<string>): void;
  sign(user: User, secret: string, callback: Callback<string>): void;
  sign(user: User, secret: string, params?: CompatSignParams): Promise<string>;

  /**
   * Returns the user, or `null` for anything that isn't a live token. With `legacy.upgrade`, the callback also gets the new token
   * that an old one was exchanged for.
   */
  verify(token: string, secret: string, callback: Callback<User | null, [newToken: string]>): void;
  verify(token: string, secret: string): Promise<User | null>;

  /** Like `verify`, but returns the whole session: also `subject`, `meta`, `deadline`, and `newToken`. */
  session(token: string, secret: string, callback: Callback<LegacySession<User> | null>): void;
  session(token: string, secret: string): Promise<LegacySession<User> | null>;

  /** Restarts the token's idle timeout, and returns whether the token is live. */
  extend(token: string, secret: string, callback: Callback<boolean>): void;
  extend(token: string, secret: string): Promise<boolean>;

  /** Ends the token's session in every service, and returns whether there was one. */
  destroy(token: string, secret: string, callback: Callback<boolean>): void;
  destroy(token: string, secret: string): Promise<boolean>;

  /** Checks at startup that Redis answers. Other calls don't need it. */
  connect(callback: Callback<void>): void;
  connect(): Promise<void>;

  /** Closes the connection, so that the process can end. The next call opens it again. */
  disconnect(callback: Callback<void>): void;
  disconnect(): Promise<void>;

  /** See `LegacyMethods.expireOrphans`; needs `legacy`. */
  expireOrphans(secret: string, callback: Callback<number>): void;
  expireOrphans(secret: string): Promise<number>;
}
