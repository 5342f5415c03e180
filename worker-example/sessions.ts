import { type Context, Hono, type MiddlewareHandler } from "hono";
import { html } from "hono/html";
import { endOtherSessions, listSessions, type RwtVariables } from "redis-web-token/hono";
import type { SessionInfo } from "redis-web-token/sessions";
import { deviceName } from "./device.ts";
import { duration, nowInSeconds, time } from "./format.ts";
import { type Page, page } from "./layout.ts";
import type { Settings } from "./settings.ts";
import type { User } from "./users.ts";
import { wantsPage } from "./wants-page.ts";

/** Where a user is signed in, and the buttons that end it: one, or all but this one. */
export function sessionRoutes(
  signedIn: MiddlewareHandler<{ Variables: RwtVariables<User> }>,
  settingsOf: (c: Context) => Settings,
): Hono<{ Variables: RwtVariables<User> }> {
  const routes = new Hono<{ Variables: RwtVariables<User> }>();
  routes.use(signedIn);

  routes.get("/", async (c) => {
    const { sessions } = await listSessions(c);
    if (!wantsPage(c)) return c.json({ sessions });
    return c.html(sessionsPage(c.var.session.data, sessions, settingsOf(c).rwt.expire));
  });

  routes.post("/end", async (c) => {
    const { id } = await c.req.parseBody();
    const { subject } = c.var.session;
    const ended =
      typeof id === "string" && subject !== undefined && (await settingsOf(c).rwt.destroyById(subject, id));
    return wantsPage(c) ? c.redirect("/sessions", 303) : c.json({ ended });
  });

  routes.post("/end-others", async (c) => {
    const ended = await endOtherSessions(c);
    return wantsPage(c) ? c.redirect("/sessions", 303) : c.json({ ended });
  });

  return routes;
}

const sessionsPage = (user: User, sessions: readonly SessionInfo[], expire: number): Page =>
  page(
    "Where you are signed in",
    html`<ul class="sessions">${sessions.map((session) => sessionItem(session, expire))}</ul>
      ${sessions.length > 1 ? endOthersForm : html`<p>Nowhere else.</p>`}`,
    { user, path: "/sessions" },
  );

const sessionItem = (session: SessionInfo, expire: number): Page => {
  const { id, meta, issuedAt, idle, current } = session;
  const device = deviceName(meta);
  const action = current ? "Log out here" : "End";
  return html`<li>
    <p>${device}${current ? html` <strong>(this one)</strong>` : ""}
      <small>signed in ${time(issuedAt)}, ${lastUse(session, expire, nowInSeconds())}, ends after
        ${duration(idle)} without use</small></p>
    <form method="post" action="/sessions/end">
      <input type="hidden" name="id" value="${id}">
      <button class="quiet" aria-label="${action}: ${device}">${action}</button>
    </form>
  </li>`;
};

/**
 * When a session was last used. Nobody writes that down: each use starts the idle time anew, so what is left of it tells.
 * Where the deadline cut it short, it tells less.
 *
 * @param expire - seconds of idleness that a use grants
 * @param now - Unix seconds
 */
export function lastUse(
  { idle, deadline }: Pick<SessionInfo, "idle" | "deadline">,
  expire: number,
  now: number,
): string {
  if (now + idle >= deadline) return `last used within ${duration(expire)}`;
  const ago = Math.max(0, expire - idle);
  return ago < 2 ? "in use now" : `last used ${duration(ago)} ago`;
}

const endOthersForm = html`<form method="post" action="/sessions/end-others"><button>End all others</button></form>`;
