import type { SignOptions } from "../call-options.ts";
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
import { readSecret, type Secret, type Settings } from "../options.ts";

/** A user as the old libraries give it back: they made text of every value. */
export type OldUser = Readonly<Record<string, string>>;

/** How tokens of the 2017 libraries are accepted. */
export interface LegacyOptions<Data = unknown> {
  /** What the old Redis keys begin with: `"sess:"` by default in the Node library, `""` in the PHP one. */
  readonly prefix: string;
  /**
   * The secret of the old tokens. It is part of their Redis keys, so everyone who could read that Redis knows it: sign new
   * tokens with another one.
   * @default the service's, if it has only one
   */
  readonly secret?: Secret | undefined;
  /**
   * When old tokens end in any case, in Unix seconds. Nothing extends one past it, and afterwards they are rejected without
   * asking Redis.
   * @default never
   */
  readonly until?: number | undefined;
  /**
   * Whether `verify` exchanges an old token for a new one, which it returns as the session's `newToken`. A function gives the
   * `sign` options of the new session, such as its `subject`. Hand the new token to the client: the old one lives for `grace`
   * seconds more. `maxSessions` doesn't count an exchange as a sign-in; it holds again at the next one.
   * @default false
   */
  readonly upgrade?: boolean | ((data: Data) => SignOptions) | undefined;
  /**
   * Seconds for which an exchanged token still works, for requests on their way and lost replies. It opens the same new
   * session all that time.
   * @default 300
   */
  readonly grace?: number | undefined;
  /**
   * Makes your data from an old user, whose values are all text.
   * @default the old user as it is
   */
  readonly convert?: ((user: OldUser) => Data) | undefined;
}

/** Options after their checks, defaults filled in. */
export interface LegacySettings {
  readonly prefix: string;
  readonly secret: Bytes;
  readonly until: number | undefined;
  /** What the new session of an exchange is signed with; `undefined` where none takes place. */
  readonly upgrade: ((data: unknown) => SignOptions) | undefined;
  readonly grace: number;
  readonly convert: (user: OldUser) => unknown;
}

/**
 * Checks the options, and gives what they mean for a service.
 *
 * @throws OptionTypeError, OptionRangeError; so does the function that it gives
 */
export function readLegacyOptions<Data>(
  options: LegacyOptions<Data>,
): (settings: Settings) => LegacySettings {
  const given = knownOptions("legacy's options", options, [
    "prefix",
    "secret",
    "until",
    "upgrade",
    "grace",
    "convert",
  ]);
  const { until, upgrade = false, grace = 300, convert = (user: OldUser) => user } = given;
  callable("legacy.convert", convert);
  const secret = given.secret === undefined ? undefined : readSecret("legacy.secret", given.secret, 0);
  const checked = {
    prefix: wellFormedText("legacy.prefix", given.prefix),
    until: until === undefined ? undefined : wholeNumber("legacy.until", "seconds", until, MAX_DEADLINE, 0),
    upgrade: readUpgrade(upgrade),
    grace: wholeNumber("legacy.grace", "seconds", grace),
    convert,
  };
  return ({ store, secrets }) => {
    if (!store.capabilities.hashes)
      throw typeError("store", "one that reaches Redis, where the old tokens are, for legacy()", store);
    return { ...checked, secret: secret ?? onlyOf(secrets) };
  };
}

/** The old tokens' secret, where nobody says which it is. */
function onlyOf(secrets: readonly Bytes[]): Bytes {
  const [only, ...others] = secrets;
  if (only !== undefined && others.length === 0) return only;
  throw new OptionTypeError("legacy.secret", "legacy.secret is required: the service has several secrets");
}

function readUpgrade(upgrade: unknown): LegacySettings["upgrade"] {
  if (typeof upgrade === "function") return upgrade as (data: unknown) => SignOptions;
  return boolean("legacy.upgrade", upgrade) ? () => ({}) : undefined;
}
