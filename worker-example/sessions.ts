import { type Context, Hono, type MiddlewareHandler } from "hono";
import { html } from "hono/html";
import { endOtherSessions, listSessions, type RwtVariables } from "redis-web-token/hono";
import type { SessionInfo } from "redis-web-token/sessions";
import { minutes, type Page, page, time } from "./pages.ts";
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
    return wantsPage(c) ? c.html(sessionsPage(sessions)) : c.json({ sessions });
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

const sessionsPage = (sessions: readonly SessionInfo[]): Page =>
  page(
    "Where you are signed in",
    html`<ul class="sessions">${sessions.map(sessionItem)}</ul>
      ${sessions.length > 1 ? endOthersForm : ""}
      <p><a href="/">Back to the home page</a></p>`,
  );

const sessionItem = ({ id, meta, issuedAt, idle, current }: SessionInfo): Page =>
  html`<li>
    <p>${String(meta?.device ?? "unknown device")}${current ? html` <strong>(this one)</strong>` : ""}
      <small>signed in ${time(issuedAt)}, ends after ${minutes(idle)} without use</small></p>
    <form method="post" action="/sessions/end">
      <input type="hidden" name="id" value="${id}">
      <button class="quiet">${current ? "Log out here" : "End"}</button>
    </form>
  </li>`;

const endOthersForm = html`<form method="post" action="/sessions/end-others"><button>End all others</button></form>`;
