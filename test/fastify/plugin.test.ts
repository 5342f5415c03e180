import { connect } from "node:http2";
import Fastify from "fastify";
import { expect, test, vi } from "vitest";
import { requireSession, rwtFastify } from "../../src/fastify/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { atEnd } from "../support/at-end.ts";
import { forged } from "../support/forged.ts";
import { ada, appWith, serve, serviceWith } from "./fixture.ts";

const bearer = async (rwt = serviceWith()) => ({
  rwt,
  headers: { authorization: `Bearer ${await rwt.sign(ada)}` },
});

test("what it adds belongs to the app that registers it, and to its children", async () => {
  const { rwt, headers } = await bearer();
  const app = Fastify();
  await app.register(async (child) => {
    await child.register(rwtFastify, { rwt });
    child.register(async (grandchild) => {
      grandchild.get("/in", { onRequest: requireSession }, async (request) => request.auth.data);
    });
  });
  app.get("/out", { onRequest: requireSession }, async () => "never");
  expect((await app.inject({ url: "/in", headers })).json()).toEqual(ada);
  const out = await app.inject({ url: "/out", headers });
  expect([out.statusCode, out.json().code]).toEqual([500, "ERR_RWT_MIDDLEWARE_MISSING"]);
  expect(app.hasPlugin("redis-web-token")).toBe(false);
});

test("a route that forgot the hook shows nobody's session, and says what it needs", async () => {
  const { rwt, headers } = await bearer();
  const answer = await (await appWith({ rwt })).inject({ url: "/forgotten", headers });
  expect([answer.statusCode, answer.json().code]).toEqual([500, "ERR_RWT_MIDDLEWARE_MISSING"]);
  expect(answer.json().message).toContain("requireSession");
});

test("all hooks and the handler of a request share one check, and a forged token costs none", async () => {
  const store = memoryStore();
  const check = vi.fn(store.check);
  const { rwt, headers } = await bearer(serviceWith({ ...store, check }));
  const app = Fastify();
  await app.register(rwtFastify, { rwt });
  app.addHook("onRequest", requireSession);
  app.get("/", { preHandler: requireSession }, async (request) => (await request.findSession())?.data);
  expect((await app.inject({ url: "/", headers })).json()).toEqual(ada);
  expect(check).toHaveBeenCalledTimes(1);
  const badHeaders = { authorization: forged(headers.authorization) };
  expect((await app.inject({ url: "/", headers: badHeaders })).statusCode).toBe(401);
  expect(check).toHaveBeenCalledTimes(1);
});

test("a handler may set another Cache-Control", async () => {
  const { rwt, headers } = await bearer();
  const app = await appWith({ rwt });
  app.get("/cached", { onRequest: requireSession }, async (_, reply) => {
    reply.header("Cache-Control", "private, max-age=60");
    return "";
  });
  app.get("/public", async () => "");
  const controls = [];
  for (const url of ["/cached", "/public"])
    controls.push((await app.inject({ url, headers })).headers["cache-control"]);
  expect(controls).toEqual(["private, max-age=60", undefined]);
});

test.each([
  ["no service", {}, "rwt"],
  ["a service in place of the options", serviceWith(), /./],
  ["a typo", { rwt: serviceWith(), form: ["cookie"] }, "form"],
  ["what an error handler does here", { rwt: serviceWith(), onFailure: () => new Response() }, "onFailure"],
  ["what findSession does here", { rwt: serviceWith(), optional: true }, "optional"],
  ["a carrier that isn't one", { rwt: serviceWith(), from: ["query"] }, "from"],
])("a wrong option stops the app: %s", async (_, options, option) => {
  const app = Fastify();
  await expect(app.register(rwtFastify, options as never)).rejects.toMatchObject({
    option: typeof option === "string" ? option : expect.stringMatching(option),
  });
});

test("over HTTP/2 the host is that of :authority", async () => {
  const app = Fastify({ http2: true });
  await app.register(rwtFastify, { rwt: serviceWith(), from: ["cookie"] });
  app.post("/login", async (_, reply) => reply.signIn(ada));
  const origin = await serve(app);
  const session = connect(origin);
  atEnd(() => session.close());
  const statusFrom = (page: string) =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ":method": "POST", ":path": "/login", origin: page });
      stream
        .on("response", (headers) => resolve(headers[":status"]))
        .on("error", reject)
        .end();
      stream.resume();
    });
  expect(await statusFrom(origin)).toBe(200);
  expect(await statusFrom("https://evil.example")).toBe(403);
});
