import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { listSessions, type OptionalRwtVariables } from "redis-web-token/hono";
import type { User } from "./users.ts";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5_000;
/** After this many checks the browser reconnects by itself. Cloudflare's free plan allows 50 subrequests per request to a Worker. */
const LOOKS = 20;

type Look = { readonly event: "live"; readonly idle: number } | { readonly event: "ended" | "unknown" };

/**
 * Sends a page server-sent events with the session's idle time left, and with its end, so that signing out elsewhere closes the page
 * here.
 *
 * It polls at increasing intervals, and only for a short time. Each poll is one round trip, and hidden pages don't poll. Over HTTP
 * there is nothing better, since Upstash's REST API keeps no connection open. Over TCP a subscription would be faster, but keyspace
 * events aren't shared between a cluster's nodes and get lost when a connection breaks, so polling would be needed anyway.
 *
 * The route needs a `rwtAuth` with `optional: true` and a service that doesn't slide: an open page doesn't count as use of the
 * session, and must not keep it alive.
 */
export function live(c: Context<{ Variables: OptionalRwtVariables<User> }>): Response {
  const { session } = c.var;
  // A session without a subject isn't in any list. 204 tells the browser not to reconnect.
  if (session !== undefined && session.subject === undefined) return c.body(null, 204);
  const answer = streamSSE(c, async (stream) => {
    let wait = FIRST_WAIT_MS;
    for (let looks = 0; looks < LOOKS && !stream.aborted; looks++) {
      const { event, ...rest } = await look(c);
      await stream.writeSSE({ event, data: JSON.stringify(rest) });
      if (event === "ended") return;
      await stream.sleep(wait);
      wait = Math.min(wait * 1.5, LONGEST_WAIT_MS);
    }
  });
  answer.headers.set("Cache-Control", "no-store");
  return answer;
}

/** Polls once. An outage is "unknown", which isn't a sign-out. */
async function look(c: Context): Promise<Look> {
  const list = await listSessions(c).catch(() => undefined);
  if (list === undefined) return { event: "unknown" };
  const own = list.sessions.find(({ current }) => current);
  return own === undefined ? { event: "ended" } : { event: "live", idle: own.idle };
}
