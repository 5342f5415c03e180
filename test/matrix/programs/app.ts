/** A Hono app with the middleware, and a fetch handler with `redis-web-token/request`. */
import { Hono } from "hono";
import { createRwt } from "redis-web-token";
import { type RwtVariables, rwtAuth, rwtCarrier, signIn, signOut } from "redis-web-token/hono";
import { requestAuth } from "redis-web-token/request";
import { upstashStore } from "redis-web-token/upstash";
import type { RestTarget } from "./suites.ts";

interface User {
  readonly name: string;
}

export function appOver(target: RestTarget): { fetch(request: Request): Response | Promise<Response> } {
  const rwt = createRwt<User>({
    store: upstashStore(target),
    secret: "a secret of the matrix, 32 bytes or more",
  });
  const from = ["bearer", "cookie"] as const;
  const auth = requestAuth({ rwt, from });
  const app = new Hono<{ Variables: RwtVariables<User> }>();
  app.use("/hono/private", rwtAuth({ rwt, from }));
  app.get("/hono/private", (c) => c.json(c.var.session.data));
  app.use("/hono/*", rwtCarrier({ rwt, from }));
  app.post("/hono/login", async (c) => c.json({ token: await signIn(c, { name: "Zoë 🎟" }) }));
  app.post("/hono/logout", async (c) => c.json({ ended: await signOut(c) }));
  app.get("/request/private", async (c) => {
    const session = await auth.authenticate(c.req.raw);
    return session instanceof Response ? session : c.json(session.data);
  });
  app.post("/request/login", async (c) => {
    const signedIn = await auth.signIn(c.req.raw, { name: "Zoë 🎟" });
    return signedIn instanceof Response
      ? signedIn
      : Response.json({ token: signedIn.token }, { headers: signedIn.headers });
  });
  app.post("/request/logout", async (c) => {
    const signedOut = await auth.signOut(c.req.raw);
    return signedOut instanceof Response
      ? signedOut
      : Response.json({ ended: signedOut.ended }, { headers: signedOut.headers });
  });
  return app;
}
