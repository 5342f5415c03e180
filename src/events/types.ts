import type { StoreFailureReason } from "../errors.ts";
import type { SessionEvent } from "../session.ts";

/** The method of a service that was called. */
export type Operation =
  | "sign"
  | "verify"
  | "extend"
  | "destroy"
  | "destroyAll"
  | "destroyById"
  | "list"
  | "update"
  | "updateAll"
  | "rotate";

/**
 * Why a token was turned away.
 *
 * - `missing`: there was none.
 * - `malformed`: it doesn't look like one.
 * - `forged`: it looks like one, and none of the secrets signed it.
 * - `past_deadline`: it is genuine, and its absolute lifetime is over.
 * - `unknown`: it is genuine, and opens no session: ended, idle for too long, rotated away, evicted, or not fitting the schema.
 */
export type RejectionReason = "missing" | "malformed" | "forged" | "past_deadline" | "unknown";

/** What every event of a call has. */
export interface CallEvent {
  readonly operation: Operation;
  /**
   * Names the session, as `list` of `redis-web-token/sessions` does, the same over rotations. It is useless to whoever can't call
   * `destroyById` with the subject. None where no token was genuine, or the call concerns many sessions.
   */
  readonly session: string | undefined;
  /** The user's id, where the call tells it and `subjects` allows it. */
  readonly subject: string | undefined;
  /** How long the call took, milliseconds. */
  readonly ms: number;
}

/** What happened at a service's calls. It holds no token, no secret and no data. */
export type RwtEvent =
  | SessionEvent
  | (CallEvent & {
      /** A token was signed, verified and found live, extended, or rotated: then `session` is its session. */
      readonly type: "signed" | "verified" | "extended" | "rotated";
    })
  | (CallEvent & {
      /** A person's sessions were listed. */
      readonly type: "listed";
      /** How many. */
      readonly count: number;
    })
  | (CallEvent & {
      /** One session, or all of a person's, were ended or given new data. */
      readonly type: "destroyed" | "updated";
      readonly scope: "session" | "person";
      /** Whether there was anything to end or change. */
      readonly done: boolean;
    })
  | (CallEvent & {
      /** A token opened no session. */
      readonly type: "rejected";
      readonly reason: RejectionReason;
    })
  | (CallEvent & {
      /** The store could not answer. */
      readonly type: "store_error";
      readonly reason: StoreFailureReason;
    });

/** The events of a service's calls alone. */
export type RwtCallEvent = Exclude<RwtEvent, SessionEvent>;
