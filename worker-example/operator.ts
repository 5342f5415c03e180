import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { RwtVariables } from "redis-web-token/hono";
import { isOperator } from "./layout.ts";
import { operatorPage, type SessionCount } from "./operator-page.ts";
import { messagePage } from "./pages.ts";
import type { SessionService, Settings } from "./settings.ts";
import type { User } from "./users.ts";
import { wantsPage } from "./wants-page.ts";

const MOST_COUNTED = 1000;

/** The status page for operators, and the button that signs a user out everywhere (OWASP ASVS 7.4.5). */
export function operatorRoutes(
  signedIn: MiddlewareHandler<{ Variables: RwtVariables<User> }>,
  settingsOf: (c: Context) => Settings,
): Hono<{ Variables: RwtVariables<User> }> {
  const routes = new Hono<{ Variables: RwtVariables<User> }>();
  routes.use(signedIn, operatorsOnly);

  routes.get("/", async (c) => {
    const { rwt, users, meter, storeName } = settingsOf(c);
    const [sessions, reading] = [await sessionCounts(rwt, users.ids), meter.read()];
    return wantsPage(c)
      ? c.html(operatorPage(c.var.session.data, { sessions, storeName, ...reading }))
      : c.json({ sessions, ...reading });
  });

  routes.post("/end-all", async (c) => {
    const { rwt, users } = settingsOf(c);
    const { user } = await c.req.parseBody();
    const ended = typeof user === "string" && users.ids.includes(user) && (await rwt.destroyAll(user));
    return wantsPage(c) ? c.redirect("/operator", 303) : c.json({ ended });
  });

  return routes;
}

const operatorsOnly: MiddlewareHandler<{ Variables: RwtVariables<User> }> = async (c, next) => {
  if (isOperator(c.var.session.data)) return next();
  // RFC 6750 §3.1: the token is live, but its rights are insufficient.
  c.header("WWW-Authenticate", 'Bearer error="insufficient_scope"');
  c.header("Cache-Control", "no-store");
  return wantsPage(c)
    ? c.html(messagePage("Not for you", "This page is for operators alone."), 403)
    : c.json({ error: "for operators alone" }, 403);
};

/**
 * Counts live sessions from each user's index, without a SCAN over all keys. If you have more users than fit on a page, count signed
 * and ended sessions in your metrics instead.
 */
const sessionCounts = (rwt: SessionService, ids: readonly string[]): Promise<SessionCount[]> =>
  Promise.all(
    ids.map(async (id) => {
      const { sessions, cursor } = await rwt.list(id, { limit: MOST_COUNTED });
      return { user: id, count: sessions.length, more: cursor !== undefined };
    }),
  );
