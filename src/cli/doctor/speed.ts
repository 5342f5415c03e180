import { query } from "../../redis/command.ts";
import type { TokenStore } from "../../store.ts";
import { type Finding, findingsOf } from "./finding.ts";
import { refusalOf } from "./server.ts";

const roundTrip = findingsOf("round-trip");
const clock = findingsOf("clock");

const PINGS = 9;
/** Milliseconds, which every verify would add to a user's request. */
const SLOW = 50;

/** Measures the median of some PINGs. */
export async function checkRoundTrip(store: TokenStore): Promise<Finding> {
  const times: number[] = [];
  for (let i = 0; i < PINGS; i++) {
    const from = performance.now();
    try {
      await store.connect();
    } catch (error) {
      return roundTrip.unknown(refusalOf(error));
    }
    times.push(performance.now() - from);
  }
  const median = times.sort((a, b) => a - b)[Math.floor(PINGS / 2)] ?? 0;
  const message = `${median.toFixed(1)} ms, the median of ${PINGS}`;
  if (median <= SLOW) return roundTrip.ok(message);
  return roundTrip.warning(
    message,
    "each verify takes a round trip: put Redis and the services into the same region",
  );
}

/** Seconds by which two services' clocks may differ without harm. */
const LEEWAY = 2;
/** Seconds from which sessions end noticeably too early or too late. */
const FAR = 60;

/** Compares this machine's clock with Redis's, in place of the other services': each compares deadlines with its own clock. */
export async function checkClock(store: TokenStore): Promise<Finding> {
  const from = Date.now();
  let reply: unknown;
  try {
    reply = await store.run(query("TIME"));
  } catch (error) {
    // Scripts work without TIME too.
    const effect = "without it, reuse of a rotated token is refused, but never reported";
    return clock.unknown(`TIME is refused (${refusalOf(error)}): ${effect}`);
  }
  const here = (from + Date.now()) / 2000;
  const [seconds = Number.NaN, micros = 0] = Array.isArray(reply) ? reply.map(Number) : [];
  if (!Number.isFinite(seconds + micros)) return clock.unknown("TIME returned no time");
  // Half of the round trip: the comparison isn't more precise.
  const uncertain = (Date.now() - from) / 2000;
  const ahead = here - (seconds + micros / 1e6);
  const difference = Math.max(0, Math.abs(ahead) - uncertain);
  const message = `this machine's clock is ${difference.toFixed(1)} s ${ahead > 0 ? "ahead of" : "behind"} Redis's`;
  if (difference <= LEEWAY) return clock.ok(message);
  const advice = "run NTP on every machine: services compare deadlines with their own clocks";
  return difference > FAR ? clock.problem(message, advice) : clock.warning(message, advice);
}
