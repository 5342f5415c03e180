import express, { type Express } from "express";
import type { Rwt } from "redis-web-token";
import { expressAuth } from "redis-web-token/express";
import { accountPage, loginPage, type User } from "./pages.ts";

export function createApp(rwt: Rwt<User>): Express {
  const auth = expressAuth({ rwt, from: ["cookie"] });
  const app = express();
  app.use(express.urlencoded({ extended: false }));

  app.get("/", (_, res) => res.redirect("/account"));

  app.get("/login", (req, res) => {
    res.send(loginPage(req.query.wrong !== undefined));
  });

  app.post("/login", async (req, res) => {
    const { name = "", password } = req.body ?? {};
    if (name === "" || password !== "open sesame") return res.redirect(303, "/login?wrong");
    const id = name.toLowerCase();
    const meta = { device: req.get("User-Agent") ?? "" };
    if (await auth.signIn(req, res, { id, name }, { subject: id, meta })) res.redirect(303, "/account");
  });

  app.get("/account", auth.optional, async (req, res) => {
    const session = auth.sessionOrNull(req);
    if (session === null) return res.redirect(303, "/login");
    const list = await auth.listSessions(req, res);
    if (list) res.send(accountPage(session.data.name, list.sessions));
  });

  // Before something sensitive, such as a new email address. The old token ends at once, so a stolen copy opens nothing.
  app.post("/confirm", auth.required, async (req, res) => {
    if (req.body?.password !== "open sesame") return res.redirect(303, "/account?wrong");
    if (await auth.rotateSession(req, res, { retry: false })) res.redirect(303, "/account");
  });

  app.post("/logout", async (req, res) => {
    if (await auth.signOut(req, res)) res.redirect(303, "/login");
  });

  app.post("/logout-everywhere", async (req, res) => {
    if (await auth.signOutEverywhere(req, res)) res.redirect(303, "/login");
  });

  return app;
}
