import type { CallOptions, SignOptions } from "../options.ts";
import type { Rwt } from "../rwt.ts";
import type { SessionMeta } from "../session.ts";
import type { DestroyAllOptions, ListOptions, RotateOptions } from "./options.ts";

/** What is told of a session to whoever owns it. Times are Unix seconds. */
export interface SessionInfo {
  /** Names the session for `destroyById`. It is no token, and nothing can be done with it without the subject. */
  readonly id: string;
  /** When it was signed. */
  readonly issuedAt: number;
  /** The absolute end of its life. */
  readonly deadline: number;
  /** Seconds that it lives unless it is used. */
  readonly idle: number;
  /** What was noted about it at sign, such as the device. */
  readonly meta: SessionMeta | undefined;
  /** Whether it is the caller's own: that of `current`. */
  readonly current: boolean;
}

/** A page of sessions, the newest first. */
export interface SessionList {
  readonly sessions: readonly SessionInfo[];
  /** For the next page; none at the end. */
  readonly cursor: string | undefined;
}

/**
 * A token service that knows a person's sessions. What names a subject reaches every session that any service signed for
 * it, with this or with `createRwt`, with any secret of the ring.
 */
export interface SessionRwt<Input = unknown, Output = Input> extends Omit<Rwt<Output>, "sign"> {
  /**
   * As `createRwt`'s, and checks the data against the schema.
   *
   * @throws SessionLimitError where the subject has too many sessions, and `onLimit` is `"reject"`
   */
  sign(data: Input, options?: SignOptions): Promise<string>;

  /**
   * The live sessions of a subject (OWASP ASVS 7.5.2), the newest first.
   *
   * @param subject - the user's id, as it was given to `sign`
   * @throws StoreUnavailableError where the store doesn't answer
   * @example
   * ```ts
   * import { memoryStore } from "redis-web-token/memory";
   * import { createRwtWithSessions } from "redis-web-token/sessions";
   *
   * const rwt = createRwtWithSessions({ store: memoryStore(), secret: "s".repeat(32) });
   * const token = await rwt.sign({ id: "42" }, { subject: "42", meta: { device: "iPad" } });
   * const { sessions } = await rwt.list("42", { current: token });
   * for (const { id, meta, current } of sessions) console.log(id, meta?.device, current);
   * ```
   */
  list(subject: string, options?: ListOptions): Promise<SessionList>;

  /**
   * Ends every session of a subject that was signed before the call (OWASP ASVS 7.4.2, 7.4.3); with `except`, every
   * other one. One round trip for each 1,000 sessions. Where it fails, some may live: call it again.
   *
   * @returns how many there were
   * @throws StoreUnavailableError where the store doesn't answer
   */
  destroyAll(subject: string, options?: DestroyAllOptions): Promise<number>;

  /**
   * Ends the session of a subject that an `id` of `list` names.
   *
   * @returns whether there was one
   * @throws StoreUnavailableError where the store doesn't answer
   */
  destroyById(subject: string, id: string, options?: CallOptions): Promise<boolean>;

  /**
   * Gives a session new data. Its token, its life and the rest of it stay.
   *
   * @returns whether there was such a session; none is made
   * @throws DataError where the data isn't JSON, or doesn't fit the schema
   * @throws StoreUnavailableError where the store doesn't answer
   */
  update(token: string | null | undefined, data: Input, options?: CallOptions): Promise<boolean>;

  /**
   * Gives every session of a subject new data. One round trip for each 100 sessions.
   *
   * @returns how many there were
   * @throws DataError where the data isn't JSON, or doesn't fit the schema
   * @throws StoreUnavailableError where the store doesn't answer
   */
  updateAll(subject: string, data: Input, options?: CallOptions): Promise<number>;

  /**
   * Puts a new token in the place of one, for the same session: when privileges change, or every so often. The deadline
   * stays, the idle time-out starts anew. The old token works for `grace` seconds more. Parallel calls, and calls within
   * 10 seconds whose reply was lost, give the same new token. Whoever shows the old one after both has stolen it, or was
   * stolen from: the session ends, and `onEvent` hears of it (RFC 9700 §4.14.2).
   *
   * @returns the new token; `null` for whatever is not a live token
   * @throws StoreUnavailableError where the store doesn't answer
   */
  rotate(token: string | null | undefined, options?: RotateOptions): Promise<string | null>;

  /**
   * The id of a token's session, as `list` shows it: for logs, or for other services to know a session by. It doesn't ask
   * the store, and so tells nothing of whether the session lives. A rotated token's session has a new one.
   *
   * @returns `null` for whatever isn't a token of these secrets
   */
  idOf(token: string | null | undefined): Promise<string | null>;
}
