import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { rwtAuth, signIn, signOut } from "redis-web-token/hono";
import { icon, styleSheet } from "./assets.ts";
import { formsOfThisSiteOnly, securityHeaders } from "./browser-security.ts";
import { readCredentials } from "./credentials.ts";
import { answerError } from "./errors.ts";
import { homePage, messagePage, privatePage, signInPage } from "./pages.ts";
import { sessionRoutes } from "./sessions.ts";
import type { Settings } from "./settings.ts";
import type { User } from "./users.ts";
import { wantsPage } from "./wants-page.ts";

const REALM = "worker-example";

/**
 * The example: sign in, see what is private, log out. It runs wherever `fetch` is, and has two faces: pages for
 * browsers, JSON for the rest.
 *
 * @param settingsOf - gives the settings of a request, since a Worker's bindings come with it
 */
export function createApp(settingsOf: (c: Context) => Settings): Hono {
  const carriers = {
    rwt: (c: Context) => settingsOf(c).rwt,
    from: ["bearer", "cookie", "header"],
    header: "x-access-token",
    realm: REALM,
  } as const;
  const everyone = rwtAuth<User>({ ...carriers, optional: true });
  const signedIn = rwtAuth<User>(carriers);
  // Who signs in or out needs no check of the token that is there: it ends in either case.
  const unchecked = rwtAuth<User>({ ...carriers, verify: false });

  const app = new Hono();
  app.use(securityHeaders(), formsOfThisSiteOnly());
  app.onError(answerError);
  app.notFound((c) =>
    wantsPage(c)
      ? c.html(messagePage("Nothing here", "There is no page at this address."), 404)
      : c.text("Not Found", 404),
  );

  app.get("/style.css", styleSheet);
  app.get("/icon.svg", icon);

  app.get("/", everyone, (c) => {
    const { session } = c.var;
    return c.html(session === undefined ? signInPage() : homePage(session, settingsOf(c).storeName));
  });

  app.get("/login", (c) => c.redirect("/", 303));
  app.post("/login", bodyLimit({ maxSize: 8 * 1024 }), unchecked, async (c) => {
    const credentials = await readCredentials(c);
    if (credentials === null) return refuseLogin(c, 400, "Please enter both, your name and your password.");
    const { user: name, password } = credentials;
    const user = await settingsOf(c).users.authenticate(name, password);
    if (user === null) return refuseLogin(c, 401, "The name or the password is wrong.", name);
    const device = c.req.header("User-Agent")?.slice(0, 120) ?? "unknown";
    const token = await signIn(c, user, { subject: user.id, meta: { device } });
    return wantsPage(c) ? c.redirect("/", 303) : c.json({ token });
  });

  app.get("/private", signedIn, (c) => {
    const { session } = c.var;
    if (wantsPage(c)) return c.html(privatePage(session));
    const { data: user, issuedAt, expire, deadline, meta } = session;
    return c.json({ user, issuedAt, expire, deadline, meta });
  });

  app.route("/sessions", sessionRoutes(signedIn, settingsOf));

  app.post("/logout", unchecked, async (c) => {
    const destroyed = await signOut(c);
    return wantsPage(c) ? c.redirect("/", 303) : c.json({ destroyed });
  });

  return app;
}

function refuseLogin(c: Context, status: 400 | 401, message: string, name?: string) {
  if (status === 401) c.header("WWW-Authenticate", `Bearer realm="${REALM}"`);
  return wantsPage(c)
    ? c.html(signInPage({ alert: message, name }), status)
    : c.json({ error: message }, status);
}
