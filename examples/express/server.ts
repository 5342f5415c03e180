import express from "express";
import { createRwt } from "redis-web-token";
import { expressAuth } from "redis-web-token/express";
import { ioredisStore } from "redis-web-token/ioredis";
import { sessions } from "redis-web-token/sessions";
import { accountPage, loginPage, type User } from "./pages.ts";

const { PORT = "3000", REDIS_URL = "redis://localhost:6379", RWT_SECRET = "" } = process.env;
const rwt = createRwt<User>({ store: ioredisStore(REDIS_URL), secret: RWT_SECRET }).with(sessions());
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
  const options = { subject: id, meta: { device: req.get("User-Agent") ?? "" } };
  if (await auth.signIn(req, res, { id, name }, options)) res.redirect(303, "/account");
});

app.get("/account", auth.optional, async (req, res) => {
  const session = auth.sessionOrNull(req);
  if (session === null) return res.redirect(303, "/login");
  const list = await auth.listSessions(req, res);
  if (list) res.send(accountPage(session.data.name, list.sessions));
});

app.post("/logout", async (req, res) => {
  if (await auth.signOut(req, res)) res.redirect(303, "/login");
});

app.post("/logout-everywhere", async (req, res) => {
  if ((await auth.endOtherSessions(req, res)) && (await auth.signOut(req, res))) res.redirect(303, "/login");
});

app.listen(Number(PORT));
