import type { Settings } from "./options.ts";
import type { EventListener, Session } from "./session.ts";
import type { CreateOptions, NewSession } from "./store.ts";
import type { KeyRing } from "./token/key-ring.ts";
import type { LineCodec } from "./token/lines.ts";
import { type Open, ttlOf } from "./token/memo.ts";

/** The parts of a service that features build on, so that no feature asks the caller for the secret or the store again. */
export interface ServiceParts {
  readonly settings: Settings;
  readonly ring: KeyRing;
  readonly open: Open;
  /** How lines of JSON are stored: as they are, or encrypted. */
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
   * Transforms a session's data as the schema says. `null` if the data doesn't match the schema, so that the session doesn't count.
   *
   * @param tell - the finished service's listener, which features that were added later have extended
   */
  readonly fitting: (session: Session, tell: EventListener) => Promise<Session | null>;
  /** Passes an event to the listeners. */
  readonly tell: EventListener;
}

/** Ends the session of a token that nobody holds, in the background. */
export async function endLater({ open, settings }: ServiceParts, token: string): Promise<void> {
  const opened = await open(token);
  if (opened !== null) settings.store.endLater({ redis: opened.redis, ttl: ttlOf(opened, settings.now()) });
}
