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
  | "rotate"
  | "reauthenticate";

/**
 * Why a token was rejected.
 *
 * - `missing`: there is no token.
 * - `malformed`: the value doesn't have the form of a token.
 * - `forged`: the value has the form of a token, but none of the secrets signed it.
 * - `past_deadline`: the token is genuine, but its absolute lifetime is over.
 * - `unknown`: the token is genuine, but opens no session: it was ended, expired, rotated away or evicted, or its data doesn't
 *   match the schema.
 */
export type RejectionReason = "missing" | "malformed" | "forged" | "past_deadline" | "unknown";

/** The properties of every call's event. */
export interface CallEvent {
  readonly operation: Operation;
  /**
   * The session's id, as in `list` of `redis-web-token/sessions`. Rotations don't change it. It opens nothing: only `destroyById`,
   * with the subject, accepts it. `undefined` if the token isn't genuine, or the call concerns many sessions.
   */
  readonly session: string | undefined;
  /** The user's id, if the call has it and the option `subjects` is set. */
  readonly subject: string | undefined;
  /** Who acted as the user, by `act.sub`, if the call has it and the option `subjects` is set. */
  readonly act: string | undefined;
  /** The call's duration in milliseconds. */
  readonly ms: number;
}

/** An event of a service. It contains no token, no secret and no data. */
export type RwtEvent =
  | SessionEvent
  | (CallEvent & {
      /** A token was signed, verified as live, extended or rotated, or its user stepped up. `session` is its session. */
      readonly type: "signed" | "verified" | "extended" | "rotated" | "reauthenticated";
    })
  | (CallEvent & {
      /** A person's sessions were listed. */
      readonly type: "listed";
      /** How many sessions the page has. */
      readonly count: number;
    })
  | (CallEvent & {
      /** One session, or all of a person's, were ended or got new data. */
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

/** The events of calls: all except {@link SessionEvent}. */
export type RwtCallEvent = Exclude<RwtEvent, SessionEvent>;
