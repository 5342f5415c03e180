import type { SignOptions } from "../call-options.ts";
import type { LegacySession } from "../legacy/feature.ts";
import type { LegacyOptions } from "../legacy/options.ts";
import type { TokenStore } from "../store.ts";

/** Called exactly once: with an error, or with `null` and the result. */
export type Callback<Result, More extends unknown[] = []> = (
  error: Error | null,
  result?: Result,
  ...more: Partial<More>
) => void;

/** Where Redis is, as the original took it, in node_redis 2's names. */
export interface CompatTcpRedis {
  /** @default "localhost" */
  readonly host?: string | undefined;
  /** @default 6379 */
  readonly port?: number | string | undefined;
  /** A Unix socket. */
  readonly path?: string | undefined;
  /** `redis://user:password@host:port/db`, or `rediss://` for TLS; wins over the options that say the same. */
  readonly url?: string | undefined;
  /** The ACL user. */
  readonly username?: string | undefined;
  /** The ACL user's, or Redis's. */
  readonly password?: string | undefined;
  /** Another name of `password`. */
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
   * What every Redis key of the new tokens begins with. The services that share sessions need the same one.
   * @default "rwt:"
   */
  readonly prefix?: string | undefined;
  /**
   * How long an operation may take, milliseconds.
   * @default 2000
   */
  readonly timeout?: number | undefined;
}

/** A Redis over HTTP, in Upstash's protocol: works on Cloudflare Workers too. */
export interface CompatHttpRedis extends Pick<CompatTcpRedis, "prefix" | "timeout"> {
  /** `UPSTASH_REDIS_REST_URL` */
  readonly url: string;
  /** `UPSTASH_REDIS_REST_TOKEN` */
  readonly token: string;
}

/** The original's own settings. */
export interface CompatCustom {
  /**
   * Idle timeout, seconds.
   * @default 3600
   */
  readonly expire?: number | undefined;
  /**
   * Whether `verify` restarts the idle timeout.
   * @default false
   */
  readonly verifyExtendsToken?: boolean | undefined;
  /**
   * Absolute lifetime: seconds from `sign` after which a token ends in any case. The original had none.
   * @default 30 days, or the longest `expire` that is asked for
   */
  readonly maxLifetime?: number | undefined;
}

/** What the factory takes. */
export interface CompatConfig<User = Record<string, unknown>> {
  /**
   * Where Redis is: `{ host, port, path, url, username, password, auth_pass, db, family, tls, prefix, timeout }` in the names of
   * node_redis 2; or `{ url, token, prefix, timeout }` of a Redis over HTTP; or a store such as `nodeRedisStore(client)`.
   * @default localhost:6379
   */
  readonly redis?: CompatTcpRedis | CompatHttpRedis | TokenStore | undefined;
  /** The original's own settings. */
  readonly custom?: CompatCustom | undefined;
  /**
   * What every Redis key of the new tokens begins with, if `redis` is a store.
   * @default "rwt:"
   */
  readonly prefix?: string | undefined;
  /**
   * Accepts the old libraries' tokens too. The secret of each call is also theirs, unless you give one here.
   * @default none
   */
  readonly legacy?: LegacyOptions<User> | undefined;
}

/** Options of one `sign`: its own `expire` in seconds, and `subject` and `meta` as in `createRwt`'s. */
export type CompatSignParams = SignOptions | null | undefined;

/**
 * The original's methods. Each takes a callback last, or gives a promise. With a callback a wrong argument throws at
 * once, as in the original; otherwise the promise rejects.
 */
export interface CompatRwt<User = Record<string, unknown>> {
  /** Starts a session and gives its token. */
  sign(user: User, secret: string, params: CompatSignParams, callback: Callback<string>): void;
  sign(user: User, secret: string, callback: Callback<string>): void;
  sign(user: User, secret: string, params?: CompatSignParams): Promise<string>;

  /**
   * Gives the user, or `null` for whatever is not a live token. With `legacy.upgrade` the callback is also given the
   * new token of an old one.
   */
  verify(token: string, secret: string, callback: Callback<User | null, [newToken: string]>): void;
  verify(token: string, secret: string): Promise<User | null>;

  /** Like `verify`, but gives the whole session: also `subject`, `meta`, `deadline`, and `newToken`. */
  session(token: string, secret: string, callback: Callback<LegacySession<User> | null>): void;
  session(token: string, secret: string): Promise<LegacySession<User> | null>;

  /** Starts the token's idle timeout anew; gives whether the token is live. */
  extend(token: string, secret: string, callback: Callback<boolean>): void;
  extend(token: string, secret: string): Promise<boolean>;

  /** Ends the token's session, for every service; gives whether there was one. */
  destroy(token: string, secret: string, callback: Callback<boolean>): void;
  destroy(token: string, secret: string): Promise<boolean>;

  /** Checks at start-up that Redis answers. No call needs it. */
  connect(callback: Callback<void>): void;
  connect(): Promise<void>;

  /** Closes the connection, so that the process can end. The next call opens it again. */
  disconnect(callback: Callback<void>): void;
  disconnect(): Promise<void>;

  /** See `LegacyMethods.expireOrphans`; needs `legacy`. */
  expireOrphans(secret: string, callback: Callback<number>): void;
  expireOrphans(secret: string): Promise<number>;
}
