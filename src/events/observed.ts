import { harmless } from "../sessions/events.ts";
import { type Observable, seen } from "./calls.ts";
import { type ObservedOptions, readObservedOptions } from "./options.ts";
import type { RwtEvent } from "./types.ts";

/**
 * The same service, which tells of each call: what came of it, of which session, how long it took. For logs, alerts and
 * audits (OWASP ASVS 16.3.1). Events carry ids and never tokens (16.2.5).
 *
 * It sends no further command. A token that it sees for the first time costs one more hash and one more encryption, to
 * name its session.
 *
 * The events of `createRwtWithSessions` (a stolen token, data that no longer fits) stay with its own `onEvent`: give it the
 * same function.
 *
 * @param rwt - what `createRwt` or `createRwtWithSessions` gives
 * @throws OptionTypeError, OptionRangeError where an option is wrong
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { observed } from "redis-web-token/events";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * const secret = "s".repeat(32);
 * const rwt = observed(createRwt({ store: memoryStore(), secret }), {
 *   secret,
 *   onEvent: (event) => console.log(JSON.stringify(event)),
 * });
 * await rwt.verify("rwt_…"); // {"type":"rejected","reason":"malformed","operation":"verify","ms":0.1}
 * ```
 */
export function observed<Service extends Observable>(rwt: Service, options: ObservedOptions): Service {
  const { names, onEvent, subjects } = readObservedOptions(options);
  const tell = harmless<RwtEvent>(onEvent);
  return seen<Service>(rwt, names, async (_, run) => {
    const outcome = await run();
    const { event } = outcome;
    if (event !== undefined) tell(subjects ? event : { ...event, subject: undefined });
    return outcome;
  });
}
