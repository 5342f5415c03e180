import { type Context, Hono, type MiddlewareHandler } from "hono";
import { html } from "hono/html";
import { endOtherSessions, listSessions, type RwtVariables } from "redis-web-token/hono";
import type { SessionInfo } from "redis-web-token/sessions";
import { deviceIcon, deviceName } from "./device.ts";
import { duration, nowInSeconds, time } from "./format.ts";
import { type Page, page } from "./layout.ts";
import type { Settings } from "./settings.ts";
import type { User } from "./users.ts";
import { wantsPage } from "./wants-page.ts";

/** The devices on which a user is signed in, with buttons to sign out one of them, or all others. */
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
      ${sessions.length > 1 ? endOthersForm : html`<p>You aren't signed in anywhere else.</p>`}`,
    { user, path: "/sessions" },
  );

const sessionItem = (session: SessionInfo, expire: number): Page => {
  const { id, meta, issuedAt, idle, current } = session;
  const device = deviceName(meta);
  const activity = lastUse(session, expire, nowInSeconds());
  return html`<li>
    <div>
      ${deviceIcon(meta)}
      <p><strong>${device}</strong>${current ? " (this device)" : ""}
        <small>${activity === ACTIVE_NOW ? html`<span class="active">${ACTIVE_NOW}</span>` : activity}</small>
        <small>Signed in ${time(issuedAt)}; ends after ${duration(idle)} without use</small></p>
    </div>
    <form method="post" action="/sessions/end">
      <input type="hidden" name="id" value="${id}">
      <button class="quiet" aria-label="Sign out: ${device}">Sign out</button>
    </form>
  </li>`;
};

const ACTIVE_NOW = "Active now";
/** An open page asks about its session every few seconds without using it, so "now" has to last a while. */
const ACTIVE_SECONDS = 60;

/**
 * When a session was last used. Redis doesn't store that, but each use restarts the idle timeout, so the time left shows it.
 * Near the deadline, which cuts the idle timeout short, only an upper bound is known.
 *
 * @param expire - the idle timeout in seconds
 * @param now - Unix seconds
 */
export function lastUse(
  { idle, deadline }: Pick<SessionInfo, "idle" | "deadline">,
  expire: number,
  now: number,
): string {
  if (now + idle >= deadline) return `Active within the last ${duration(expire)}`;
  const ago = Math.max(0, expire - idle);
  return ago < ACTIVE_SECONDS ? ACTIVE_NOW : `Last active ${duration(ago)} ago`;
}

const endOthersForm = html`<form method="post" action="/sessions/end-others"><button class="danger">Sign out all other devices</button></form>`;
