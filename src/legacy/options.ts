import { OptionTypeError } from "../errors.ts";
import type { Bytes } from "../lib/bytes.ts";
import {
  boolean,
  callable,
  knownOptions,
  MAX_DEADLINE,
  typeError,
  wellFormedText,
  wholeNumber,
} from "../lib/check.ts";
import { type RwtOptions, readSecret, type Secret, type Settings, type SignOptions } from "../options.ts";
import { isRedisStore } from "../stores/kinds.ts";
import type { RedisStore } from "../stores/redis.ts";

/** A user as the old libraries give it back: they made text of every value. */
export type OldUser = Readonly<Record<string, string>>;

/** How tokens of the 2017 libraries are accepted. */
export interface LegacyOptions<Data = unknown> {
  /** What the old Redis keys begin with: `"sess:"` by default in the Node library, `""` in the PHP one. */
  readonly prefix: string;
  /**
   * The secret of the old tokens. It is part of their Redis keys, so whoever could read that Redis knows it: sign
   * new tokens with another.
   * @default the service's, where it has only one
   */
  readonly secret?: Secret | undefined;
  /**
   * When old tokens end in any case, in Unix seconds: nothing extends one past it, and afterwards they are turned
   * away without asking Redis.
   * @default never
   */
  readonly until?: number | undefined;
  /**
   * Whether `verify` exchanges an old token for a new one, which it hands back as the session's `newToken`; as a
   * function: options of the new session, such as its `subject`. Hand it to the client: the old token lives on for
   * `grace` seconds only.
   * @default false
   */
  readonly upgrade?: boolean | ((data: Data) => SignOptions) | undefined;
  /**
   * Seconds for which an exchanged token still works, for requests under way and lost replies. It stands for the
   * same new session all that time.
   * @default 300
   */
  readonly grace?: number | undefined;
  /** Makes your data of an old user, whose values are all text. */
  readonly convert?: ((user: OldUser) => Data) | undefined;
}

/** Options of `createRwtWithLegacy`. */
export interface LegacyRwtOptions<Data = unknown> extends RwtOptions {
  /** Any store of the library's but `memoryStore`: the old tokens are in Redis. */
  readonly store: RedisStore;
  readonly legacy: LegacyOptions<Data>;
}

/** Options after their checks, defaults filled in. */
export interface LegacySettings<Data> {
  readonly store: RedisStore;
  readonly prefix: string;
  readonly secret: Bytes;
  readonly until: number | undefined;
  /** What the new session of an exchange is signed with; `undefined` where none takes place. */
  readonly upgrade: ((data: Data) => SignOptions) | undefined;
  readonly grace: number;
  readonly convert: (user: OldUser) => Data;
}

export function readLegacyOptions<Data>(
  options: LegacyOptions<Data>,
  settings: Settings,
): LegacySettings<Data> {
  const given = knownOptions("legacy", options, ["prefix", "secret", "until", "upgrade", "grace", "convert"]);
  const { until, upgrade = false, grace = 300, convert = (user: OldUser) => user as Data } = given;
  callable("legacy.convert", convert);
  return {
    store: readRedisStore(settings.store),
    prefix: wellFormedText("legacy.prefix", given.prefix),
    secret: readOldSecret(given.secret, settings.secrets),
    until: until === undefined ? undefined : wholeNumber("legacy.until", "seconds", until, MAX_DEADLINE, 0),
    upgrade: readUpgrade(upgrade),
    grace: wholeNumber("legacy.grace", "seconds", grace),
    convert,
  };
}

function readRedisStore(store: Settings["store"]): RedisStore {
  if (isRedisStore(store)) return store;
  throw typeError("store", "one that reaches Redis, where the old tokens are; it has a run method", store);
}

function readOldSecret(given: unknown, secrets: readonly Bytes[]): Bytes {
  if (given !== undefined) return readSecret("legacy.secret", given, 0);
  const [only, ...others] = secrets;
  if (only !== undefined && others.length === 0) return only;
  throw new OptionTypeError(
    "legacy.secret",
    "legacy.secret must say which of the secrets the old tokens have",
  );
}

function readUpgrade<Data>(upgrade: unknown): LegacySettings<Data>["upgrade"] {
  if (typeof upgrade === "function") return upgrade as (data: Data) => SignOptions;
  return boolean("legacy.upgrade", upgrade) ? () => ({}) : undefined;
}
