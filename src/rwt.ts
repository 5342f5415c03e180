/// <reference lib="esnext.disposable" preserve="true" />
import type { CallOptions, ExtendOptions, SignOptions } from "./options.ts";
import type { Session } from "./session.ts";

/** Signs, checks, extends and ends tokens. Make one per process or environment, and share it. */
export interface Rwt<Input = unknown, Output = Input> extends AsyncDisposable {
  /** Idle timeout of a token signed without its own, seconds. */
  readonly expire: number;
  /** Whether `verify` restarts the idle timeout. */
  readonly verifyExtendsToken: boolean;
  /** Absolute lifetime of a token, seconds from `sign`. */
  readonly maxLifetime: number;

  /**
   * Starts a session and gives the token that opens it: `rwt_` and 76 characters, fit for a header or a cookie.
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
  sign(data: Input, options?: SignOptions): Promise<string>;

  /**
   * Checks a token, in one round trip; in none where it is malformed, forged or past its deadline. The first check after a
   * rotation takes a second one, and so does a check of an older token.
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
  verify(token: string | null | undefined, options?: CallOptions): Promise<Session<Output> | null>;

  /**
   * Restarts a token's idle timeout, never past its deadline.
   *
   * @returns whether the token is live
   * @throws StoreUnavailableError where the store doesn't answer
   */
  extend(token: string | null | undefined, options?: ExtendOptions): Promise<boolean>;

  /**
   * Ends a token's session, with all tokens that rotations made of it, for every service that shares the store.
   *
   * @returns whether there was a live session to end; either way there is none after it
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

  /**
   * Adds a feature, such as `sessions()` or `encryption()`. The service itself stays as it was. Features may be added in any
   * order, each of them once.
   *
   * @throws OptionTypeError where it isn't a feature, or the service has it already
   */
  with<Next>(feature: Feature<this, Next>): Next;
}

/** Any service, whatever its data. */
export type AnyRwt = Rwt<never, unknown>;

/** Gives a service with more to it. `sessions()` and `encryption()` make one. */
export type Feature<Service, Next> = (service: Service) => Next;

/** What a service's `sign` takes. */
export type InputOf<Service> = Service extends { sign(data: infer Input, ...rest: never[]): unknown }
  ? Input
  : never;

/** What a service's `verify` gives. */
export type OutputOf<Service> = Service extends {
  verify(...args: never[]): Promise<{ readonly data: infer Output } | null>;
}
  ? Output
  : never;
