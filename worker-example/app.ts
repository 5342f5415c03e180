import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { rwtAuth, rwtCarrier, signOut } from "redis-web-token/hono";
import { icon, liveScript, styleSheet } from "./assets.ts";
import { answerError } from "./errors.ts";
import { live } from "./live.ts";
import { logIn, REALM } from "./login.ts";
import { operatorRoutes } from "./operator.ts";
import { homePage, messagePage, privatePage, signInPage } from "./pages.ts";
import { securityHeaders } from "./security-headers.ts";
import { sessionRoutes } from "./sessions.ts";
import type { Settings } from "./settings.ts";
import type { User } from "./users.ts";
import { wantsPage } from "./wants-page.ts";

/**
 * The example: sign in, see what is private, see and end one's sessions, log out; and how things are, for operators. It
 * runs wherever `fetch` is, and has two faces: pages for browsers, JSON for the rest.
 *
 * @param settingsOf - gives the settings of a request, since a Worker's bindings come with it
 * @param addressOf - gives the address that a request comes from, for the limit of wrong passwords
 */
export function createApp(
  settingsOf: (c: Context) => Settings,
  addressOf: (c: Context) => string = () => "unknown",
): Hono {
  const carriers = {
    rwt: (c: Context) => settingsOf(c).rwt,
    from: ["bearer", "cookie", "header"],
    header: "x-access-token",
    realm: REALM,
  } as const;
  const everyone = rwtAuth<User>({ ...carriers, optional: true });
  const signedIn = rwtAuth<User>(carriers);
  const watched = rwtAuth<User>({ ...carriers, rwt: (c: Context) => settingsOf(c).watch, optional: true });
  // Sign-in and sign-out end whatever session the request came with, so nothing is checked before.
  const carried = rwtCarrier<User>(carriers);

  const app = new Hono();
  app.use(securityHeaders());
  app.onError(answerError);
  app.notFound((c) =>
    wantsPage(c)
      ? c.html(messagePage("Nothing here", "There is no page at this address."), 404)
      : c.text("Not Found", 404),
  );

  app.get("/style.css", styleSheet);
  app.get("/icon.svg", icon);
  app.get("/live.js", liveScript);

  app.get("/", everyone, (c) => {
    const { session } = c.var;
    if (session !== undefined) return c.html(homePage(session, settingsOf(c).storeName));
    const notice = c.req.query("ended") === undefined ? undefined : "Your session has ended.";
    return c.html(signInPage({ notice, hint: settingsOf(c).hint }));
  });

  app.get("/login", (c) => c.redirect("/", 303));
  app.post("/login", bodyLimit({ maxSize: 8 * 1024 }), carried, (c) => logIn(c, settingsOf(c), addressOf(c)));

  app.get("/private", signedIn, (c) => {
    const { session } = c.var;
    if (wantsPage(c)) return c.html(privatePage(session));
    const { data: user, issuedAt, expire, deadline, meta } = session;
    return c.json({ user, issuedAt, expire, deadline, meta });
  });

  app.route("/sessions", sessionRoutes(signedIn, settingsOf));
  app.route("/operator", operatorRoutes(signedIn, settingsOf));
  app.get("/live", watched, live);

  app.post("/logout", carried, async (c) => {
    // What the browser has kept of private pages goes (ASVS 14.3.1), even where the store is out.
    c.header("Clear-Site-Data", '"cache"');
    const destroyed = await signOut(c);
    return wantsPage(c) ? c.redirect("/", 303) : c.json({ destroyed });
  });

  return app;
}
