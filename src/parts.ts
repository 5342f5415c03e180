import type { Settings } from "./options.ts";
import type { EventListener, Session } from "./session.ts";
import type { CreateOptions, NewSession } from "./store.ts";
import type { KeyRing } from "./token/key-ring.ts";
import type { LineCodec } from "./token/lines.ts";
import type { Open } from "./token/memo.ts";

/** What a service is made of, for its features: none asks the caller for the secret or the store again. */
export interface ServiceParts {
  readonly settings: Settings;
  readonly ring: KeyRing;
  readonly open: Open;
  /** How lines of JSON are stored. */
  readonly lines: LineCodec;
  /**
   * Stores a new session.
   *
   * @param replaces - tokens of sessions that don't count against a limit
   */
  readonly create: (
    session: NewSession,
    options: CreateOptions,
    replaces: readonly string[],
  ) => Promise<void>;
  /**
   * Gives a session as the service's callers get it; `null` for one that counts as none, since its data doesn't fit.
   *
   * @param tell - the service's own, which reaches the listeners of features that were added later
   */
  readonly fitting: (session: Session, tell: EventListener) => Promise<Session | null>;
  /** Tells those who listen of an event. */
  readonly tell: EventListener;
}
