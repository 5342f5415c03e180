/** A live session, as `verify` returns it. Times are Unix seconds. */
export interface Session<Data = unknown> {
  /** What was signed. */
  readonly data: Data;
  /** The user's id, if `sign` was given one. */
  readonly subject: string | undefined;
  /** Notes about the session itself, such as the device. */
  readonly meta: SessionMeta | undefined;
  /** How the user proved who they are, if `sign` or `reauthenticate` was told. */
  readonly auth: Authentication | undefined;
  /** Who acts as the user, if somebody does. */
  readonly act: Actor | undefined;
  /** When it was signed, Unix seconds. */
  readonly issuedAt: number;
  /** When the absolute lifetime ends, Unix seconds. */
  readonly deadline: number;
  /** Its idle timeout in seconds. */
  readonly expire: number;
}

/** What a token says about itself. Whether its session is live, only the store knows. */
export interface TokenFacts {
  /** When the absolute lifetime ends, Unix seconds. */
  readonly deadline: number;
  /** The idle timeout in seconds. */
  readonly expire: number;
}

/** How and when a user proved who they are. */
export interface Authentication {
  /** When, Unix seconds. OpenID Connect's `auth_time`. */
  readonly at: number;
  /** By which methods, such as `"pwd"` and `"otp"` (RFC 8176). */
  readonly amr?: readonly string[];
  /** At which level of assurance (authentication context class). */
  readonly acr?: string;
}

/** Who acts as the user: support staff, or another service (RFC 8693 §4.1). */
export interface Actor {
  /** The actor's own id. */
  readonly sub: string;
  /** Further members, JSON: such as a `reason`, or the `act` of whom the actor acts for. */
  readonly [member: string]: unknown;
}

/** Any JSON object. */
export type SessionMeta = Readonly<Record<string, unknown>>;

/** Something that operators want to know. It contains no token, no secret and no data. */
export type SessionEvent =
  | {
      /**
       * A rotated token was reused, so a token of this session was stolen; the session has been ended (RFC 9700 §4.14.2). It counts
       * as reuse if the newer token was already used, and either 10 seconds have passed since the last rotation, or the token is
       * nine or more rotations old.
       */
      readonly type: "token_reuse";
      readonly subject: string | undefined;
    }
  | {
      /** A session's data no longer matches the schema, so the session doesn't count. */
      readonly type: "data_mismatch";
      readonly subject: string | undefined;
      /** Where it doesn't match: names of properties, no values. */
      readonly paths: readonly string[];
    };

/** Receives events. Errors that it throws are ignored. */
export type EventListener<Event = SessionEvent> = (event: Event) => void;
