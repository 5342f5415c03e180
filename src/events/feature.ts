import { boolean, callable, knownOptions } from "../lib/check.ts";
import { droppingFailures } from "../lib/listener.ts";
import type { AnyRwt } from "../rwt.ts";
import { addFeature } from "../service.ts";
import type { EventListener } from "../session.ts";
import { observedMethods } from "./calls.ts";
import { createSessionNames } from "./session-names.ts";
import type { RwtEvent } from "./types.ts";

/** Options of {@link events}. */
export interface EventsOptions {
  /** The listener. It is called once for each event, before the call's promise settles. What it throws is ignored. */
  readonly onEvent: EventListener<RwtEvent>;
  /**
   * Whether events hold the `subject`, your user's id as you gave it to `sign`, and `act`, who acted as the user. It makes your logs personal data.
   * @default false
   */
  readonly subjects?: boolean | undefined;
}

const withoutPeople = (event: RwtEvent): RwtEvent => ({
  ...event,
  subject: undefined,
  ...("act" in event && { act: undefined }),
});

/**
 * Adds events for logs, alerts and audits (OWASP ASVS 16.3.1): one for each call, with its outcome, session and duration, and one
 * for each stolen token and for data that no longer matches the schema. Events contain session ids, never tokens (16.2.5). They
 * send no additional command to Redis. A session that isn't memoized yet costs one encryption, for its id.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { events } from "redis-web-token/events";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) }).with(
 *   events({ onEvent: (event) => console.log(JSON.stringify(event)) }),
 * );
 * await rwt.verify("rwt_…"); // {"type":"rejected","reason":"malformed","operation":"verify","ms":0.1}
 * ```
 */
export function events(options: EventsOptions): <Service extends AnyRwt>(service: Service) => Service {
  const { onEvent, subjects = false } = knownOptions("events' options", options, ["onEvent", "subjects"]);
  callable("onEvent", onEvent);
  const showsSubjects = boolean("subjects", subjects);
  const listener = droppingFailures<RwtEvent>(onEvent);
  const tell = (event: RwtEvent): void => listener(showsSubjects ? event : withoutPeople(event));
  return (service) =>
    addFeature(service, {
      name: "events",
      parts: (parts) => ({
        ...parts,
        tell(event) {
          parts.tell(event);
          tell(event);
        },
      }),
      methods: (methods, parts) =>
        observedMethods(methods, createSessionNames(parts), async (_, run) => {
          const outcome = await run();
          if (outcome.event !== undefined) tell(outcome.event);
          return outcome;
        }),
    }) as typeof service;
}
