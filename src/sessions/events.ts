/** Something that a person who runs a service wants to know of. It holds no token, no secret and no data. */
export type SessionEvent =
  | {
      /**
       * A token was shown that had been rotated away, after its grace and no sooner than 10 seconds after the rotation: it
       * was stolen, or its rightful holder's was. The session is ended (RFC 9700 §4.14.2).
       */
      readonly type: "token_reuse";
      readonly subject: string | undefined;
    }
  | {
      /** A session's data no longer fits the schema; it counts as no session. */
      readonly type: "data_mismatch";
      readonly subject: string | undefined;
      /** Where it doesn't fit, by names of members, and no values. */
      readonly paths: readonly string[];
    };

/** Hears of events; what it throws is dropped. */
export type EventListener<Event = SessionEvent> = (event: Event) => void;

/** A listener that keeps nobody out, and doesn't end the process, whatever it throws or rejects with. */
export const harmless =
  <Event>(listener: EventListener<Event> | undefined): EventListener<Event> =>
  (event) => {
    void (async () => listener?.(event))().catch(() => {});
  };
