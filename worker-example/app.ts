import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { rwtAuth, rwtCarrier, signOut } from "redis-web-token/hono";
import { icon, liveScript, styleSheet } from "./assets.ts";
import { confirm, RECENTLY } from "./confirm.ts";
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
 * The example app: sign in, open a private page, list and end your sessions, sign out, and a status page for operators. It runs on
 * every runtime with `fetch`, and answers browsers with pages and other clients with JSON.
 *
 * @param settingsOf - returns the settings for a request, since a Worker gets its bindings with each request
 * @param addressOf - returns a request's IP address, for the limit of wrong passwords
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
  // Sign-in and sign-out end the request's session in any case, so it isn't verified first.
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

  app.post("/confirm", bodyLimit({ maxSize: 8 * 1024 }), signedIn, (c) =>
    confirm(c, settingsOf(c), addressOf(c)),
  );
  app.use("/sessions/end-others", rwtAuth<User>({ ...carriers, require: RECENTLY }));
  app.route("/sessions", sessionRoutes(signedIn, settingsOf));
  app.route("/operator", operatorRoutes(signedIn, settingsOf));
  app.get("/live", watched, live);

  app.post("/logout", carried, async (c) => {
    // Clears the browser's cache of private pages (ASVS 14.3.1). Set it first, so that it is sent even if the store is unavailable.
    c.header("Clear-Site-Data", '"cache"');
    const destroyed = await signOut(c);
    return wantsPage(c) ? c.redirect("/", 303) : c.json({ destroyed });
  });

  return app;
}
