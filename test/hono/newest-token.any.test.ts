import { type Context, Hono } from "hono";
import { expect, test } from "vitest";
import {
  listSessions,
  type OptionalRwtVariables,
  reauthenticate,
  rotateSession,
  rwtAuth,
  rwtCarrier,
  signIn,
  signOut,
} from "../../src/hono/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { bearer, secret, store, type User } from "./fixture.ts";

const rwt = createRwt<User>({ store, secret }).with(sessions());

/** An app that makes a call between two middlewares. */
function appWith(call: (c: Context) => Promise<unknown>) {
  const app = new Hono<{ Variables: OptionalRwtVariables<User> }>();
  app.use(rwtCarrier<User>({ rwt }), async (c, next) => {
    await call(c);
    await next();
  });
  app.get("/", rwtAuth<User>({ rwt }), (c) => c.text(`${c.var.session?.data.name}`));
  app.get("/pay", rwtAuth<User>({ rwt, fresh: true, require: { maxAge: 300 } }), (c) =>
    c.text(`${c.var.session?.data.name} paid`),
  );
  app.get("/devices", async (c) => c.json((await listSessions(c)).sessions.map(({ current }) => current)));
  return app;
}
const signed = () => rwt.sign({ name: "Ada" }, { subject: crypto.randomUUID(), auth: {} });

test.each<[string, (c: Context) => Promise<unknown>, string]>([
  ["signIn", (c) => signIn(c, { name: "Bob" }, { auth: {} }), "Bob"],
  ["rotateSession", (c) => rotateSession(c, { retry: false }), "Ada"],
  ["reauthenticate", (c) => reauthenticate(c, { amr: ["pwd"] }), "Ada"],
])("after %s, later middlewares of the request take the new token", async (_, call, name) => {
  const app = appWith(call);
  expect(await (await app.request("/", { headers: bearer(await signed()) })).text()).toBe(name);
  expect(await (await app.request("/pay", { headers: bearer(await signed()) })).text()).toBe(`${name} paid`);
});

test("after signIn without a session, later middlewares of the request know the new one", async () => {
  expect(await (await appWith((c) => signIn(c, { name: "Bob" })).request("/")).text()).toBe("Bob");
});

test("after signOut, later middlewares of the request find no token", async () => {
  const answer = await appWith(signOut).request("/", { headers: bearer(await signed()) });
  expect([answer.status, answer.headers.get("WWW-Authenticate")]).toEqual([401, 'Bearer realm="api"']);
});

test("after the retry of a rotation whose reply was lost, the session is known", async () => {
  const token = await signed();
  await rwt.verify(await rwt.rotate(token));
  const answer = await appWith((c) => rotateSession(c)).request("/devices", { headers: bearer(token) });
  expect(await answer.json()).toEqual([true]);
});
