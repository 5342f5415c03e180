/// <reference lib="esnext.disposable" preserve="true" />
import type { CallOptions, ExtendOptions, SignOptions, VerifyOptions } from "./call-options.ts";
import type { Session, TokenFacts } from "./session.ts";

/** Signs, checks, extends and ends tokens. Make one per process or environment, and share it. */
export interface Rwt<Input = unknown, Output = Input> extends AsyncDisposable {
  /** Default idle timeout in seconds. */
  readonly expire: number;
  /** Whether `verify` restarts the idle timeout. */
  readonly verifyExtendsToken: boolean;
  /** Absolute lifetime in seconds from `sign`. */
  readonly maxLifetime: number;

  /**
   * Starts a session and returns its token: `rwt_` and 76 characters that fit into a header or a cookie.
   * Call it at every sign-in (OWASP ASVS 7.2.4).
   *
   * @param data - any JSON value, usually the user; `verify` returns it unchanged
   * @throws DataError if `data` or `meta` isn't JSON
   * @throws OptionTypeError, OptionRangeError if an option is wrong
   * @throws StoreUnavailableError if the store doesn't answer
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
   * Checks a token. That takes one round trip, and none for a malformed, forged or expired token. The first use of a rotated token
   * takes a second round trip, or a third if a replica or the cache doesn't have the rotation yet. Each use of an older token takes
   * two.
   *
   * Where replicas answer reads, as with Upstash, a plain `verify` gives their answer: for as long as they lag, a token that another
   * service has just signed is `null`, and a session that another service has just ended is live. The options `fresh` and `after`, and
   * the service's `confirmNull`, ask for more.
   *
   * @returns the session, or `null` for anything that isn't a live token
   * @throws StoreUnavailableError if the store doesn't answer, which isn't a logout
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
  verify(token: string | null | undefined, options?: VerifyOptions): Promise<Session<Output> | null>;

  /**
   * Names all that this service has written so far, in opaque text that fits into a header or a cookie. It takes no round trip. Give it
   * to another service's `verify` as `after`, which then sees all that.
   *
   * @example
   * ```ts
   * import { createRwt } from "redis-web-token";
   * import { upstashStore } from "redis-web-token/upstash";
   *
   * const store = upstashStore({ url: "https://….upstash.io", token: "…" });
   * const rwt = createRwt<{ id: string }>({ store, secret: "s".repeat(32) });
   * const token = await rwt.sign({ id: "42" });
   * const mark = await rwt.mark();
   * // In another region, with the token and the mark:
   * const session = await rwt.verify(token, { after: mark });
   * ```
   */
  mark(): Promise<string>;

  /**
   * Restarts the idle timeout, never beyond the deadline.
   *
   * @returns whether the token is live
   * @throws StoreUnavailableError if the store doesn't answer
   */
  extend(token: string | null | undefined, options?: ExtendOptions): Promise<boolean>;

  /**
   * Ends the session with all its tokens, rotated ones too, in every service that shares the store.
   *
   * @returns whether there was a live session; afterwards there is none in any case
   * @throws StoreUnavailableError if the store doesn't answer: the session may still be live
   */
  destroy(token: string | null | undefined, options?: CallOptions): Promise<boolean>;

  /**
   * Looks at a token without asking the store: an optimistic check, for example before a redirect to the sign-in page. A session
   * that has ended still passes, so call `verify` before you show anything private.
   *
   * @returns `null` if the token is malformed, forged or past its deadline
   * @example
   * ```ts
   * import { createRwt } from "redis-web-token";
   * import { memoryStore } from "redis-web-token/memory";
   *
   * const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) });
   * if ((await rwt.inspect("rwt_…")) === null) console.log("redirect to the sign-in page");
   * ```
   */
  inspect(token: string | null | undefined): Promise<TokenFacts | null>;

  /**
   * Opens the store's connection and checks that it answers, at startup rather than at the first call.
   *
   * @throws StoreUnavailableError if it doesn't
   */
  connect(options?: CallOptions): Promise<void>;

  /**
   * Closes connections that the library opened, never a client of yours. Await pending calls first: they, and later calls, open the
   * connection again.
   */
  disconnect(): Promise<void>;

  /**
   * Returns a service with one more feature, such as `sessions()` or `encryption()`; this service stays as it is. Add features in any
   * order, each of them once.
   *
   * @throws OptionTypeError if it isn't a feature, or the service already has it
   */
  with<Next>(feature: Feature<this, Next>): Next;
}

/** A service with any type of data. */
export type AnyRwt = Rwt<never, unknown>;

/** Adds something to a service, as `sessions()` and `encryption()` do. */
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
