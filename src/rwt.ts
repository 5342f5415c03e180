/// <reference lib="esnext.disposable" preserve="true" />
import { StoreUnavailableError } from "./errors.ts";
import {
  createRing,
  deriveKeys,
  hashSubject,
  type KeyRing,
  type SecretKeys,
  sessionKey,
  subjectKey,
} from "./key-ring.ts";
import { assertJson } from "./lib/json.ts";
import { type Open, opener } from "./open.ts";
import {
  type CallOptions,
  type ExtendOptions,
  type RwtOptions,
  readCallOptions,
  readExtendOptions,
  readOptions,
  readSignOptions,
  type Settings,
  type SignOptions,
} from "./options.ts";
import { decodeSession, encodeSession, type Session } from "./session.ts";
import { mintToken } from "./token.ts";

/** Signs, checks, extends and ends tokens. Make one per process or environment, and share it. */
export interface Rwt<Data = unknown> extends AsyncDisposable {
  /** Idle time-out of a token signed without its own, seconds. */
  readonly expire: number;
  /** Whether `verify` starts the idle time-out anew. */
  readonly verifyExtendsToken: boolean;
  /** Absolute life of a token, seconds from `sign`. */
  readonly maxLifetime: number;

  /**
   * Starts a session and gives the token that opens it: `rwt_` and 64 characters, fit for a header or a cookie.
   * Sign anew at every sign-in (OWASP ASVS 7.2.4).
   *
   * @param data - any JSON value, usually the user; it comes back from `verify` as it was
   * @throws DataError where `data` or `meta` isn't JSON
   * @throws OptionTypeError, OptionRangeError where an option is wrong
   * @throws StoreUnavailableError where the store doesn't answer
   * @example
   * ```ts
   * import { createRwt } from "redis-web-token";
   * import { memoryStore } from "redis-web-token/memory";
   *
   * const rwt = createRwt<{ id: string }>({ store: memoryStore(), secret: "s".repeat(32) });
   * const token = await rwt.sign({ id: "42" }, { subject: "42", expire: 600, meta: { device: "iPad" } });
   * ```
   */
  sign(data: Data, options?: SignOptions): Promise<string>;

  /**
   * Checks a token, in one round trip; in none where it is malformed, forged or past its deadline.
   *
   * @returns the session, or `null` for whatever is not a live token
   * @throws StoreUnavailableError where it could not find out: never take that for a logout
   * @example
   * ```ts
   * import { createRwt } from "redis-web-token";
   * import { memoryStore } from "redis-web-token/memory";
   *
   * const rwt = createRwt<{ id: string }>({ store: memoryStore(), secret: "s".repeat(32) });
   * const session = await rwt.verify("rwt_…");
   * if (session) console.log(session.data.id, session.deadline);
   * ```
   */
  verify(token: string | null | undefined, options?: CallOptions): Promise<Session<Data> | null>;

  /**
   * Starts a token's idle time-out anew, never past its deadline.
   *
   * @returns whether the token is live
   * @throws StoreUnavailableError where the store doesn't answer
   */
  extend(token: string | null | undefined, options?: ExtendOptions): Promise<boolean>;

  /**
   * Ends a token's session, for every service that shares the store.
   *
   * @returns whether there was a session to end; either way there is none after it
   * @throws StoreUnavailableError where the store doesn't answer: the session may still live
   */
  destroy(token: string | null | undefined, options?: CallOptions): Promise<boolean>;

  /**
   * Opens the store's connection and checks that it answers, at start-up rather than at the first call.
   *
   * @throws StoreUnavailableError where it doesn't
   */
  connect(options?: CallOptions): Promise<void>;

  /**
   * Closes what the library opened, never a client of yours. The next call opens it again, and so may one that is
   * under way: await those first.
   */
  disconnect(): Promise<void>;
}

/**
 * Makes a token service.
 *
 * @throws OptionTypeError, OptionRangeError with a stable `code`, naming the option
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { upstashStore } from "redis-web-token/upstash";
 *
 * const rwt = createRwt<{ id: string; name: string }>({
 *   store: upstashStore({ url: "https://….upstash.io", token: "…" }),
 *   secret: ["the current secret, 32 bytes or more", "the one before it, still good for opening"],
 *   expire: 3600,
 *   verifyExtendsToken: true,
 * });
 * ```
 */
export function createRwt<Data = unknown>(options: RwtOptions): Rwt<Data> {
  const settings = readOptions(options);
  return rwtOver(settings, createRing(settings.secrets, deriveKeys));
}

/** The service over options that are checked already. */
export function rwtOver<Data>(
  settings: Settings,
  ring: KeyRing,
  open: Open = opener(settings, ring),
): Rwt<Data> {
  const { store, prefix, now } = settings;

  async function sign(data: Data, options: SignOptions = {}): Promise<string> {
    const { expire, subject, meta, signal } = readSignOptions(options, settings);
    assertJson("data", data);
    const [keys] = (await ring()) as [SecretKeys];
    const issuedAt = now();
    const deadline = issuedAt + settings.maxLifetime;
    const hashed = subject === undefined ? undefined : await hashSubject(keys, subject);
    const slot = hashed?.slot ?? crypto.getRandomValues(new Uint8Array(2));
    const { token, lookup } = await mintToken(keys, { deadline, expire, slot });
    const created = await store.create(
      {
        key: sessionKey(prefix, slot, lookup),
        value: encodeSession({ data, subject, meta, issuedAt, deadline }, hashed?.id),
        ttl: expire,
        index: hashed && { key: subjectKey(prefix, hashed), member: lookup, deadline, now: issuedAt },
      },
      { signal },
    );
    if (!created) {
      throw new StoreUnavailableError("reply", "the store has something else there");
    }
    return token;
  }

  async function verify(token: unknown, options: CallOptions = {}): Promise<Session<Data> | null> {
    const { signal } = readCallOptions(options);
    const opened = await open(token);
    if (opened === null) return null;
    const text = await store.read(opened.key, {
      signal,
      slideTo: settings.verifyExtendsToken ? opened.ttl() : undefined,
    });
    const stored = text === null ? null : decodeSession(text, opened.deadline, now());
    if (stored === undefined) {
      throw new StoreUnavailableError("reply", "the store has something else there");
    }
    return stored && ({ ...stored, expire: opened.expire } as Session<Data>);
  }

  async function extend(token: unknown, options: ExtendOptions = {}): Promise<boolean> {
    const { expire, signal } = readExtendOptions(options);
    const opened = await open(token);
    return opened !== null && store.extend(opened.key, opened.ttl(expire), { signal });
  }

  async function destroy(token: unknown, options: CallOptions = {}): Promise<boolean> {
    const callOptions = readCallOptions(options);
    const opened = await open(token);
    return opened !== null && store.remove(opened.key, callOptions);
  }

  const connect = async (options: CallOptions = {}): Promise<void> => store.connect(readCallOptions(options));
  const disconnect = async (): Promise<void> => store.disconnect();

  return Object.freeze({
    expire: settings.expire,
    verifyExtendsToken: settings.verifyExtendsToken,
    maxLifetime: settings.maxLifetime,
    sign,
    verify,
    extend,
    destroy,
    connect,
    disconnect,
    [Symbol.asyncDispose]: disconnect,
  });
}
