import express from "express";
import { auth } from "./auth.ts";
import { accountPage, loginPage } from "./pages.ts";

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
  const options = { subject: id, meta: { device: req.get("User-Agent") ?? "" } };
  if (await auth.signIn(req, res, { id, name }, options)) res.redirect(303, "/account");
});

app.get("/account", auth.optional, async (req, res) => {
  const session = auth.sessionOrNull(req);
  if (session === null) return res.redirect(303, "/login");
  const list = await auth.listSessions(req, res);
  if (list) res.send(accountPage(session.data.name, list.sessions));
});

app.get("/api/me", auth.required, (req, res) => {
  res.json(auth.session(req).data);
});

app.post("/logout", async (req, res) => {
  if (await auth.signOut(req, res)) res.redirect(303, "/login");
});

app.post("/logout-everywhere", async (req, res) => {
  if (await auth.endOtherSessions(req, res)) await auth.signOut(req, res);
  if (!res.headersSent) res.redirect(303, "/login");
});

app.listen(Number(process.env.PORT ?? 3000));
