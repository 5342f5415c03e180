import type { CallOptions } from "../call-options.ts";
import type { Actor, Authentication, SessionMeta } from "../session.ts";
import type { AuthenticationInput } from "../token/authentication.ts";
import type { DestroyAllOptions, ListOptions, RotateOptions, UpdateOptions } from "./options.ts";

/** A session as its owner may see it. Times are Unix seconds. */
export interface SessionInfo {
  /** Identifies the session for `destroyById`. Rotations don't change it. It isn't a token, and is useless without the subject. */
  readonly id: string;
  /** When it was signed. */
  readonly issuedAt: number;
  /** When its absolute lifetime ends. */
  readonly deadline: number;
  /** Seconds until idle expiry. */
  readonly idle: number;
  /** The notes that `sign` was given, such as the device. */
  readonly meta: SessionMeta | undefined;
  /** How the user proved who they are, if that is known. */
  readonly auth: Authentication | undefined;
  /** Who acts as the user, if somebody does: show it, since it isn't the user's own device. */
  readonly act: Actor | undefined;
  /** Whether it is the session of the token that `list` was given as `current`. */
  readonly current: boolean;
}

/** A page of sessions, latest deadline first. */
export interface SessionList {
  readonly sessions: readonly SessionInfo[];
  /** Pass it to get the next page; `undefined` on the last page. A page before that may be shorter than its limit, even empty. */
  readonly cursor: string | undefined;
}

/** The methods that `sessions()` adds for the session of one token. */
export interface TokenMethods<Input = unknown, Output = Input> {
  /**
   * Replaces a session's data. Its token, its lifetime and everything else stay. A function receives the current data, as the primary
   * has it, and returns the new data. It is called for a live token only, and again if another change came in between, up to
   * `retries` times, so that no update is lost. If your own client retries commands, as `@upstash/redis` does by default, the function
   * may be applied twice after a lost reply.
   *
   * @returns whether the session is live; it never creates one
   * @throws DataError if the data isn't JSON, or doesn't match the schema
   * @throws UpdateConflictError if others made changes in between, each time
   * @throws StoreUnavailableError if the store doesn't answer
   * @example
   * ```ts
   * import { createRwt } from "redis-web-token";
   * import { memoryStore } from "redis-web-token/memory";
   * import { sessions } from "redis-web-token/sessions";
   *
   * const rwt = createRwt<{ cart: number }>({ store: memoryStore(), secret: "s".repeat(32) }).with(sessions());
   * const token = await rwt.sign({ cart: 0 });
   * await rwt.update(token, ({ cart }) => ({ cart: cart + 1 }));
   * ```
   */
  update(
    token: string | null | undefined,
    data: Input | ((data: Output) => Input | Promise<Input>),
    options?: UpdateOptions,
  ): Promise<boolean>;

  /**
   * Replaces a session's token: call it regularly. When privileges change, use `reauthenticate`. The deadline stays, and the idle timeout restarts.
   * The old token lives until the new one is first used, so that a lost reply logs nobody out, and for `grace` seconds in any case.
   * Concurrent calls return the same new token.
   *
   * Reuse of the old token after that means that it was stolen: the session ends in every service, and `onEvent` is called
   * (RFC 9700 §4.14.2). It counts as reuse if 10 seconds have passed since the last rotation, or the token is nine or more rotations
   * old.
   *
   * @returns the new token; `null` for anything that isn't a live token
   * @throws RotationLimitError after 65,535 rotations
   * @throws StoreUnavailableError if the store doesn't answer: retry with the old token. With `retry: false`, the old token may have
   *   ended without a new one: sign the user in again
   */
  rotate(token: string | null | undefined, options?: RotateOptions): Promise<string | null>;

  /**
   * Records that the user has just proved again who they are (step-up), and replaces the token, in one step. The old token ends at
   * once (OWASP ASVS 7.2.4, 7.5.3), as by `rotate` with `retry: false`. Only the newest token of a session can do this.
   *
   * @param auth - replaces what the session held: give all methods that the user has used, the earlier ones too
   * @returns the new token; `null` for anything that isn't a live token
   * @throws OptionTypeError, OptionRangeError if `auth` is wrong
   * @throws RotationLimitError after 65,535 rotations
   * @throws StoreUnavailableError if the store doesn't answer: the old token may have ended without a new one, so sign the user in
   *   again. With the reason `"encrypted"` nothing has changed: this service needs `encryption()`
   * @example
   * ```ts
   * import { createRwt } from "redis-web-token";
   * import { memoryStore } from "redis-web-token/memory";
   * import { sessions } from "redis-web-token/sessions";
   *
   * const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) }).with(sessions());
   * const token = await rwt.sign({ id: "42" }, { auth: { amr: ["pwd"] } });
   * const fresh = await rwt.reauthenticate(token, { amr: ["pwd", "otp"] }); // after checking the code
   * console.log((await rwt.verify(fresh))?.auth?.amr); // ["pwd", "otp"]
   * ```
   */
  reauthenticate(
    token: string | null | undefined,
    auth: AuthenticationInput,
    options?: CallOptions,
  ): Promise<string | null>;

  /**
   * Returns the id of a token's session, as `list` shows it. Rotations don't change it, so it identifies a session in logs and in
   * other services. It doesn't ask the store, so it doesn't tell whether the session is live.
   *
   * @returns `null` for anything that isn't a token of these secrets
   */
  idOf(token: string | null | undefined): Promise<string | null>;
}

/**
 * The methods that `sessions()` adds for all sessions of a person: those that any service signed for the subject, with any secret of
 * the ring.
 */
export interface PersonMethods<Input = unknown> {
  /**
   * Lists a person's live sessions (OWASP ASVS 7.5.2), latest deadline first.
   *
   * @param subject - the user's id, as `sign` was given it
   * @throws StoreUnavailableError if the store doesn't answer
   * @example
   * ```ts
   * import { createRwt } from "redis-web-token";
   * import { memoryStore } from "redis-web-token/memory";
   * import { sessions } from "redis-web-token/sessions";
   *
   * const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) }).with(sessions());
   * const token = await rwt.sign({ id: "42" }, { subject: "42", meta: { device: "iPad" } });
   * const page = await rwt.list("42", { current: token });
   * for (const { id, meta, current } of page.sessions) console.log(id, meta?.device, current);
   * ```
   */
  list(subject: string, options?: ListOptions): Promise<SessionList>;

  /**
   * Ends all sessions of a person (OWASP ASVS 7.4.2, 7.4.3), or all but that of `except`, in one step.
   *
   * @returns whether the person was known: had a session recently, live or not
   * @throws StoreUnavailableError if the store doesn't answer: retry
   */
  destroyAll(subject: string, options?: DestroyAllOptions): Promise<boolean>;

  /**
   * Ends one session of a person, by its `id` from `list`.
   *
   * @returns whether it was live
   * @throws StoreUnavailableError if the store doesn't answer
   */
  destroyById(subject: string, id: string, options?: CallOptions): Promise<boolean>;

  /**
   * Replaces the data of all of a person's sessions, in one step.
   *
   * Give a function that loads the data from where you keep it if several of your requests may do this at once: it is called again
   * if another `updateAll` came in between, up to `retries` times, so that data loaded earlier never replaces data loaded later. It
   * gets no argument, since sessions of one person may have different data. It isn't called if the person isn't known.
   *
   * @returns whether the person was known: had a session recently, live or not
   * @throws DataError if the data isn't JSON, or doesn't match the schema
   * @throws UpdateConflictError if others made changes in between, each time
   * @throws StoreUnavailableError if the store doesn't answer
   * @example
   * ```ts
   * import { createRwt } from "redis-web-token";
   * import { memoryStore } from "redis-web-token/memory";
   * import { sessions } from "redis-web-token/sessions";
   *
   * interface User { id: string; role: string }
   * declare const database: { find(id: string): Promise<User> };
   *
   * const rwt = createRwt<User>({ store: memoryStore(), secret: "s".repeat(32) }).with(sessions());
   * await rwt.updateAll("42", () => database.find("42"));
   * ```
   */
  updateAll(
    subject: string,
    data: Input | (() => Input | Promise<Input>),
    options?: UpdateOptions,
  ): Promise<boolean>;
}

/** The methods that `sessions()` adds to a service. */
export interface SessionMethods<Input = unknown, Output = Input>
  extends TokenMethods<Input, Output>,
    PersonMethods<Input> {}
