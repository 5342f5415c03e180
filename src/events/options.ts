import { boolean, callable, knownOptions } from "../lib/check.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import { MIN_SECRET_BYTES, readSecrets, type Secret } from "../options.ts";
import type { EventListener } from "../sessions/events.ts";
import { createSessionNames, type SessionNames } from "./session-names.ts";
import type { RwtEvent } from "./types.ts";

/** How a service's calls are seen. */
export interface SeeingOptions {
  /** The service's own: it names sessions, and tells a forged token from one that has ended. */
  readonly secret: Secret | readonly Secret[];
  /**
   * The service's own clock, in Unix seconds; for tests.
   * @default the system's
   */
  readonly now?: Clock | undefined;
}

/** Options of `observed`. */
export interface ObservedOptions extends SeeingOptions {
  /** Hears of each call, once it is done and before its promise settles. What it throws is dropped; nobody waits for it. */
  readonly onEvent: EventListener<RwtEvent>;
  /**
   * Whether events tell the `subject`, which is your user's id as you gave it to `sign`: personal data, in whatever keeps
   * the events. Those of `createRwtWithSessions`' own `onEvent` tell it in any case.
   * @default false
   */
  readonly subjects?: boolean | undefined;
}

export function readObservedOptions(options: ObservedOptions): {
  readonly names: SessionNames;
  readonly onEvent: EventListener<RwtEvent>;
  readonly subjects: boolean;
} {
  const {
    onEvent,
    subjects = false,
    ...seeing
  } = knownOptions("observed's options", options, ["secret", "now", "onEvent", "subjects"]);
  callable("onEvent", onEvent);
  return { names: readSeeing(seeing), onEvent, subjects: boolean("subjects", subjects) };
}

export function readSeeing({ secret, now = systemClock }: SeeingOptions): SessionNames {
  callable("now", now);
  return createSessionNames(readSecrets(secret, MIN_SECRET_BYTES), now);
}
