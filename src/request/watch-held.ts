import { OptionTypeError } from "../errors.ts";
import type { Session } from "../session.ts";
import type { SessionWatch, WatchCallOptions, WatchMethods } from "../watch/types.ts";
import type { Holder } from "./own-sessions.ts";

/** The live session of a request, and its watch. */
export interface WatchedSession<Data> {
  readonly session: Session<Data>;
  /** Tells when the session changes and ends. */
  readonly watching: SessionWatch<Data>;
}

/** Watches the session of a checked holder; `null` if none is live. */
export function watchHeld(
  { rwt, session, tokens }: Pick<Holder, "rwt" | "session" | "tokens">,
  options: WatchCallOptions,
): SessionWatch | null {
  if (!("watch" in rwt))
    throw new OptionTypeError("rwt", "this needs a service with watch(): createRwt(…).with(watch())");
  return session ? (rwt as unknown as WatchMethods).watch(tokens[0], options) : null;
}
