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
import { readSecret, type Secret, type Settings, type SignOptions } from "../options.ts";

/** A user as the old libraries stored it: every value is text. */
export type OldUser = Readonly<Record<string, string>>;

/** Options of `legacy`. */
export interface LegacyOptions<Data = unknown> {
  /** The prefix of the old Redis keys: `"sess:"` by default in the Node library, `""` in the PHP library. */
  readonly prefix: string;
  /**
   * The secret of the old tokens. Their Redis keys contain it, so anyone who could read that Redis knows it: use another secret
   * for new tokens.
   * @default the service's secret, if it has only one
   */
  readonly secret?: Secret | undefined;
  /**
   * When all old tokens end, in Unix seconds. Nothing extends a token beyond it, and afterwards old tokens are rejected without a
   * round trip.
   * @default never
   */
  readonly until?: number | undefined;
  /**
   * Whether `verify` exchanges an old token for a new one, which it returns as the session's `newToken`. A function returns options
   * of the new session, such as its `subject`. Send the new token to the client, since the old one lives for only `grace` more
   * seconds.
   * An exchange isn't a sign-in: `maxSessions` doesn't refuse it and ends no session for it, but applies again at the next sign-in.
   * @default false
   */
  readonly upgrade?: boolean | ((data: Data) => SignOptions) | undefined;
  /**
   * Seconds for which an exchanged token still works, for pending requests and lost replies. It opens the same new session all that
   * time.
   * @default 300
   */
  readonly grace?: number | undefined;
  /** Converts an old user, whose values are all text, to your data. */
  readonly convert?: ((user: OldUser) => Data) | undefined;
}

/** `LegacyOptions`, checked, with defaults filled in. */
export interface LegacySettings {
  readonly prefix: string;
  readonly secret: Bytes;
  readonly until: number | undefined;
  /** Returns the options that an exchange signs the new session with; `undefined` if tokens aren't exchanged. */
  readonly upgrade: ((data: unknown) => SignOptions) | undefined;
  readonly grace: number;
  readonly convert: (user: OldUser) => unknown;
}

/**
 * Checks the options, and returns a function that completes them for a service.
 *
 * @throws OptionTypeError, OptionRangeError; so does the returned function
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

/** The default for the old tokens' secret. */
function onlyOf(secrets: readonly Bytes[]): Bytes {
  const [only, ...others] = secrets;
  if (only !== undefined && others.length === 0) return only;
  throw new OptionTypeError("legacy.secret", "legacy.secret is required: the service has several secrets");
}

function readUpgrade(upgrade: unknown): LegacySettings["upgrade"] {
  if (typeof upgrade === "function") return upgrade as (data: unknown) => SignOptions;
  return boolean("legacy.upgrade", upgrade) ? () => ({}) : undefined;
}
