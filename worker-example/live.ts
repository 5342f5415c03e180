import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { listSessions, type OptionalRwtVariables, watchSession } from "redis-web-token/hono";
import type { User } from "./users.ts";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5_000;
/** After this many looks the browser reconnects by itself. Cloudflare's free plan allows 50 subrequests per request to a Worker. */
const LOOKS = 12;

type Look = { readonly event: "live"; readonly idle: number } | { readonly event: "ended" | "unknown" };

/**
 * Sends a page server-sent events with the session's idle time left, and with its end, so that signing out elsewhere closes the page
 * here.
 *
 * `watchSession` tells the end: at once over TCP and in memory, within five seconds over HTTP. The idle time is looked up at
 * increasing intervals, one round trip each, and only for a short time. Hidden pages don't connect.
 *
 * The route needs a `rwtAuth` with `optional: true` and a service that doesn't slide: an open page doesn't count as use of the
 * session, and must not keep it alive.
 */
export function live(c: Context<{ Variables: OptionalRwtVariables<User> }>): Response {
  const { session } = c.var;
  // A session without a subject isn't in any list. 204 tells the browser not to reconnect.
  if (session !== undefined && session.subject === undefined) return c.body(null, 204);
  const answer = streamSSE(c, async (stream) => {
    const watching = await watchSession(c);
    stream.onAbort(() => watching?.stop());
    let wait = FIRST_WAIT_MS;
    for (let looks = 0; looks < LOOKS && !stream.aborted; looks++) {
      const { event, ...rest } = await look(c);
      await stream.writeSSE({ event, data: JSON.stringify(rest) });
      if (event === "ended") break;
      const end = await Promise.race([watching?.ended, stream.sleep(wait)]);
      if (end) {
        await stream.writeSSE({ event: "ended", data: "{}" });
        break;
      }
      wait = Math.min(wait * 1.5, LONGEST_WAIT_MS);
    }
    watching?.stop();
  });
  answer.headers.set("Cache-Control", "no-store");
  return answer;
}

/** Looks once. An outage is "unknown", which isn't a sign-out. */
async function look(c: Context): Promise<Look> {
  const list = await listSessions(c).catch(() => undefined);
  if (list === undefined) return { event: "unknown" };
  const own = list.sessions.find(({ current }) => current);
  return own === undefined ? { event: "ended" } : { event: "live", idle: own.idle };
}
