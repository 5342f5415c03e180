import { query } from "../../redis/command.ts";
import type { TokenStore } from "../../store.ts";
import { type Finding, findingsOf } from "./finding.ts";
import { refusalOf } from "./server.ts";

const roundTrip = findingsOf("round-trip");
const clock = findingsOf("clock");

const PINGS = 9;
/** Milliseconds that each request of a user would take longer. */
const SLOW = 50;

/** The median of some PINGs. */
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
    "each verify takes a round trip: put Redis and the services into one region",
  );
}

/** Seconds that two services' clocks may differ without harm. */
const LEEWAY = 2;
/** Seconds from which sessions end, or go on, noticeably wrongly. */
const FAR = 60;

/** Redis's clock stands for the other services': each compares deadlines with its own. */
export async function checkClock(store: TokenStore): Promise<Finding> {
  const from = Date.now();
  let reply: unknown;
  try {
    reply = await store.run(query("TIME"));
  } catch (error) {
    // Scripts go without it too.
    const effect = "without it, reuse of a rotated token is refused, but never reported";
    return clock.unknown(`TIME is refused (${refusalOf(error)}): ${effect}`);
  }
  const here = (from + Date.now()) / 2000;
  const [seconds = Number.NaN, micros = 0] = Array.isArray(reply) ? reply.map(Number) : [];
  if (!Number.isFinite(seconds + micros)) return clock.unknown("TIME gives no time");
  // The half of the round trip by which it can't be told better.
  const uncertain = (Date.now() - from) / 2000;
  const ahead = here - (seconds + micros / 1e6);
  const difference = Math.max(0, Math.abs(ahead) - uncertain);
  const message = `this machine's is ${difference.toFixed(1)} s ${ahead > 0 ? "ahead of" : "behind"} Redis's`;
  if (difference <= LEEWAY) return clock.ok(message);
  const advice = "keep time by NTP on every machine: services compare deadlines with their own clocks";
  return difference > FAR ? clock.problem(message, advice) : clock.warning(message, advice);
}
