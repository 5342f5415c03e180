import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { listSessions, type OptionalRwtVariables } from "redis-web-token/hono";
import type { User } from "./users.ts";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5_000;
/** Then the browser connects again by itself. Cloudflare's free plan allows 50 requests to a store for each one to a Worker. */
const LOOKS = 20;

type Look = { readonly event: "live"; readonly idle: number } | { readonly event: "ended" | "unknown" };

/**
 * Server-sent events that tell a page how long its session has left without use, and when it has ended, so that a
 * log-out elsewhere closes the page here.
 *
 * It looks every so often, each time less often, and never for long; each look is one round trip, and hidden pages ask for
 * none. Over HTTP there is nothing better, for Upstash's
 * REST API holds no connection open. Over TCP a subscription could tell sooner, but keyspace events don't cross a
 * cluster's nodes and get lost with a connection, so whoever relies on them has to look all the same.
 *
 * The route needs a `rwtAuth` whose service doesn't slide, with `optional: true`: a page that is left open is no use of the
 * session, and must not keep it alive.
 */
export function live(c: Context<{ Variables: OptionalRwtVariables<User> }>): Response {
  const { session } = c.var;
  // One that isn't its subject's can't be found again: 204 tells the browser to let it be.
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

/** An outage is no log-out. */
async function look(c: Context): Promise<Look> {
  const list = await listSessions(c).catch(() => undefined);
  if (list === undefined) return { event: "unknown" };
  const own = list.sessions.find(({ current }) => current);
  return own === undefined ? { event: "ended" } : { event: "live", idle: own.idle };
}
