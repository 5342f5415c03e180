import type { CallOptions } from "../options.ts";
import type { SessionMeta } from "../session.ts";
import type { DestroyAllOptions, ListOptions, RotateOptions } from "./options.ts";

/** What the owner of a session may see of it. Times are Unix seconds. */
export interface SessionInfo {
  /** Names the session for `destroyById`, the same over rotations. It is no token, and useless without the subject. */
  readonly id: string;
  /** When it was signed. */
  readonly issuedAt: number;
  /** The absolute end of its life. */
  readonly deadline: number;
  /** Seconds until idle expiry. */
  readonly idle: number;
  /** What was noted about it at sign, such as the device. */
  readonly meta: SessionMeta | undefined;
  /** Whether it is the caller's own: that of `current`. */
  readonly current: boolean;
}

/** A page of sessions, those with the latest deadline first. */
export interface SessionList {
  readonly sessions: readonly SessionInfo[];
  /** For the next page; none at the end. A page may be shorter than its limit, even empty, and have one. */
  readonly cursor: string | undefined;
}

/** What `sessions()` adds for the session of one token. */
export interface TokenMethods<Input = unknown, Output = Input> {
  /**
   * Gives a session new data. Its token, its life and the rest of it stay. A function gets the present data and gives the new;
   * where others change the session at the same time, it is called again, so that no update is lost. A client of yours that sends
   * commands again by itself, as `@upstash/redis` does by default, may apply it twice where a reply was lost.
   *
   * @returns whether there was such a session; none is made
   * @throws DataError where the data isn't JSON, or doesn't fit the schema
   * @throws StoreUnavailableError where the store doesn't answer
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
    options?: CallOptions,
  ): Promise<boolean>;

  /**
   * Replaces a session's token: every so often, or when privileges change. The deadline stays, and the idle timeout restarts.
   * The old token lives until the new one is first used, so that a lost reply logs nobody out, and for `grace` seconds in any case.
   * Parallel calls give the same new token. Reuse of the old one after that means that it was stolen: it ends the session in
   * every service, and `onEvent` hears of it (RFC 9700 §4.14.2): no sooner than ten seconds after the last rotation, unless nine
   * rotations or more lie between.
   *
   * @returns the new token; `null` for whatever is not a live token
   * @throws RotationLimitError after 65,535 rotations
   * @throws StoreUnavailableError where the store doesn't answer: call it again with the old token. With `retry: false` the old
   *   token may have ended without a new one: sign the user in anew
   */
  rotate(token: string | null | undefined, options?: RotateOptions): Promise<string | null>;

  /**
   * The id of a token's session, as `list` shows it, the same over rotations: for logs, or for other services to know a session by.
   * It doesn't ask the store, and so doesn't tell whether the session lives.
   *
   * @returns `null` for whatever isn't a token of these secrets
   */
  idOf(token: string | null | undefined): Promise<string | null>;
}

/**
 * What `sessions()` adds for all sessions of a person. A subject reaches every session that any service signed for it, with any
 * secret of the ring.
 */
export interface PersonMethods<Input = unknown> {
  /**
   * The live sessions of a person (OWASP ASVS 7.5.2), those with the latest deadline first.
   *
   * @param subject - the user's id, as it was given to `sign`
   * @throws StoreUnavailableError where the store doesn't answer
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
   * Ends every session of a person (OWASP ASVS 7.4.2, 7.4.3), or every other one with `except`, in one step.
   *
   * @returns whether the person was known: had a session of late, live or not
   * @throws StoreUnavailableError where the store doesn't answer: call it again
   */
  destroyAll(subject: string, options?: DestroyAllOptions): Promise<boolean>;

  /**
   * Ends the session of a person that an `id` of `list` names.
   *
   * @returns whether there was one
   * @throws StoreUnavailableError where the store doesn't answer
   */
  destroyById(subject: string, id: string, options?: CallOptions): Promise<boolean>;

  /**
   * Gives every session of a person new data, in one step.
   *
   * @returns whether the person was known: had a session of late, live or not
   * @throws DataError where the data isn't JSON, or doesn't fit the schema
   * @throws StoreUnavailableError where the store doesn't answer
   */
  updateAll(subject: string, data: Input, options?: CallOptions): Promise<boolean>;
}

/** What `sessions()` adds to a service. */
export interface SessionMethods<Input = unknown, Output = Input>
  extends TokenMethods<Input, Output>,
    PersonMethods<Input> {}
