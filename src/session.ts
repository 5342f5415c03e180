/** A live session, as `verify` gives it. Times are Unix seconds. */
export interface Session<Data = unknown> {
  /** What was signed. */
  readonly data: Data;
  /** The user's id, where `sign` was given one. */
  readonly subject: string | undefined;
  /** What the service noted about the session, such as the device; not part of the user's data. */
  readonly meta: SessionMeta | undefined;
  /** When it was signed, Unix seconds. */
  readonly issuedAt: number;
  /** The absolute end of its life, Unix seconds; nothing extends it past this. */
  readonly deadline: number;
  /** Its idle timeout, seconds. */
  readonly expire: number;
}

/** Any JSON object. */
export type SessionMeta = Readonly<Record<string, unknown>>;

/** Something that a person who runs a service wants to know of. It holds no token, no secret and no data. */
export type SessionEvent =
  | {
      /**
       * A token was shown that had been rotated away, after its successor was used and no sooner than 10 seconds after the last
       * rotation, unless nine rotations or more lie between: it was stolen, or its rightful holder's was. The session is ended (RFC 9700 §4.14.2).
       */
      readonly type: "token_reuse";
      readonly subject: string | undefined;
    }
  | {
      /** A session's data no longer fits the schema; it counts as no session. */
      readonly type: "data_mismatch";
      readonly subject: string | undefined;
      /** Where it doesn't fit: names of members, no values. */
      readonly paths: readonly string[];
    };

/** Hears events; what it throws is dropped. */
export type EventListener<Event = SessionEvent> = (event: Event) => void;
