import Fastify from "fastify";
import { expect, test } from "vitest";
import {
  type AuthRequirement,
  requireAuthentication,
  requireSession,
  rwtFastify,
} from "../../src/fastify/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { ada, Browser, serve, type User } from "./fixture.ts";

test("a step-up is asked for by requireAuthentication, done by reauthenticate, and asks the store no second time", async () => {
  let [time, checks] = [1_800_000_000, 0];
  const now = () => time;
  const store = memoryStore({ now });
  const counted: typeof store = {
    ...store,
    check(...args) {
      checks++;
      return store.check(...args);
    },
  };
  const rwt = createRwt<User>({ store: counted, secret: "s".repeat(32), now }).with(sessions());
  const app = Fastify();
  await app.register(rwtFastify, { rwt, from: ["cookie"] });
  const recent = [requireSession, requireAuthentication({ maxAge: 300 })];
  app.post("/delete", { onRequest: recent }, async (request) => request.auth.data);
  app.get(
    "/secrets",
    { onRequest: requireAuthentication({ amr: ["otp"] }) },
    async (request) => request.auth.data,
  );
  app.post("/confirm", async (_, reply) => ({ token: await reply.reauthenticate({ amr: ["pwd", "otp"] }) }));
  app.post("/login", async (_, reply) => ({ token: await reply.signIn(ada, { auth: { amr: ["pwd"] } }) }));
  const browser = new Browser(await serve(app));

  await browser.send("POST", "/login");
  checks = 0;
  expect((await browser.send("POST", "/delete")).status).toBe(200);
  expect(checks).toBe(1);
  time += 301;
  const cookie = browser.cookie;
  for (const [method, path, parameters] of [
    ["POST", "/delete", 'error_description="Authenticate again", max_age="300"'],
    ["GET", "/secrets", 'error_description="Authenticate again by otp"'],
  ] as const) {
    const refused = await browser.send(method, path);
    expect([refused.status, refused.headers.get("WWW-Authenticate"), browser.cookie]).toEqual([
      401,
      `Bearer realm="api", error="insufficient_user_authentication", ${parameters}`,
      cookie,
    ]);
  }
  const { token } = await (await browser.send("POST", "/confirm")).json();
  expect(browser.cookie).toBe(`__Host-rwt=${token}`);
  expect((await browser.send("POST", "/delete")).status).toBe(200);
  expect(await (await browser.send("GET", "/secrets")).json()).toEqual(ada);
  browser.cookie = cookie;
  expect((await browser.send("POST", "/confirm")).status).toBe(401);
});

test("a handler that catches a refusal still has the session, and after a step-up its new auth", async () => {
  const rwt = createRwt<User>({ store: memoryStore(), secret: "s".repeat(32) }).with(sessions());
  const app = Fastify();
  await app.register(rwtFastify, { rwt });
  app.post("/", { onRequest: requireSession }, async (request, reply) => {
    const refusal = await request.requireAuthentication({ amr: ["pwd"] }).catch((error) => error);
    const { name } = request.auth.data;
    await reply.reauthenticate({ amr: ["pwd"] });
    return [refusal.statusCode, name, request.auth.auth?.amr];
  });
  const headers = { Authorization: `Bearer ${await rwt.sign(ada)}` };
  const answer = await app.inject({ method: "POST", url: "/", headers });
  expect([answer.statusCode, answer.json()]).toEqual([200, [401, "Ada", ["pwd"]]]);
  expect(answer.headers["www-authenticate"]).toBeUndefined();
});

test("requireAuthentication names what is wrong: its requirement, or the plugin that is missing", async () => {
  expect(() => requireAuthentication({} as AuthRequirement)).toThrowError(
    expect.objectContaining({ option: "require" }),
  );
  const app = Fastify();
  app.get("/", { onRequest: requireAuthentication({ maxAge: 1 }) }, async () => "in");
  expect((await app.inject("/")).json()).toMatchObject({ code: "ERR_RWT_MIDDLEWARE_MISSING" });
});
