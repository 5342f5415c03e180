import { Hono } from "hono";
import { expect, test } from "vitest";
import { expressAuth } from "../../src/express/index.ts";
import { type RwtVariables, rotateSession, rwtAuth, rwtCarrier } from "../../src/hono/index.ts";
import { createRwt } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { throwingAuth } from "../../src/request/throwing-auth.ts";
import { sessions } from "../../src/sessions/index.ts";
import { bearer, secret, store, type User } from "../hono/fixture.ts";

const service = createRwt<User>({ store, secret }).with(sessions());
const token = await service.sign({ name: "Ada" });
const asked: boolean[] = [];
/** Notes whether each verify is fresh. */
const rwt: typeof service = {
  ...service,
  verify(given, options) {
    asked.push(options?.fresh ?? false);
    return service.verify(given, options);
  },
};
async function askedBy(work: () => unknown): Promise<boolean[]> {
  asked.length = 0;
  await work();
  return [...asked];
}
const request = new Request("http://localhost/", { headers: bearer(token) });

test("requestAuth: fresh for all requests, or for one", async () => {
  const [plain, fresh] = [requestAuth({ rwt }), requestAuth({ rwt, fresh: true })];
  expect(await askedBy(() => plain.authenticate(request))).toEqual([false]);
  expect(await askedBy(() => plain.authenticate(request, { fresh: true }))).toEqual([true]);
  expect(await askedBy(() => plain.listSessions(request))).toEqual([false]);
  expect(await askedBy(() => fresh.authenticate(request))).toEqual([true]);
  expect(await askedBy(() => fresh.authenticate(request, { fresh: false }))).toEqual([false]);
  expect(await askedBy(() => fresh.listSessions(request))).toEqual([true]);
});

test("rwtAuth: a fresh verify counts for a later middleware, and a plain one doesn't count for a fresh one", async () => {
  const app = new Hono<{ Variables: RwtVariables<User> }>();
  app.use("/plain/*", rwtAuth({ rwt }));
  app.use("/fresh/*", rwtAuth({ rwt, fresh: true }));
  app.get("/plain/pay", rwtAuth({ rwt, fresh: true }), (c) => c.text(c.var.session.data.name));
  app.get("/fresh/me", rwtAuth({ rwt }), (c) => c.text(c.var.session.data.name));
  app.use("/rotated/*", rwtAuth({ rwt }), async (c, next) => {
    await rotateSession(c, { retry: false });
    await next();
  });
  app.get("/rotated/pay", rwtAuth({ rwt, fresh: true }), (c) => c.text(c.var.session.data.name));
  const get = async (path: string, given: string) => {
    const answer = await app.request(path, { headers: bearer(given) });
    expect([answer.status, await answer.text()]).toEqual([200, "Ada"]);
  };
  expect(await askedBy(() => get("/plain/pay", token))).toEqual([false, true]);
  expect(await askedBy(() => get("/fresh/me", token))).toEqual([true]);
  // The rotation itself has asked the primary, and the request's own token has ended by it.
  const other = await service.sign({ name: "Ada" });
  expect(await askedBy(() => get("/rotated/pay", other))).toEqual([false]);
});

test("fresh is true or false, and nothing for rwtCarrier, which verifies nothing", async () => {
  expect(() => requestAuth({ rwt, fresh: "yes" as never })).toThrow("fresh");
  expect(() => rwtCarrier({ rwt, fresh: true } as never)).toThrow("fresh");
  await expect(requestAuth({ rwt }).authenticate(request, { fresh: 1 as never })).rejects.toThrow("fresh");
  await expect(requestAuth({ rwt }).authenticate(request, { stale: true } as never)).rejects.toThrow("stale");
});

test("the entries of frameworks take it too", async () => {
  expect(() => expressAuth({ rwt, fresh: "yes" as never })).toThrow("fresh");
  const plain = expressAuth({ rwt, fresh: true });
  expect(plain.required).toBeTypeOf("function");
  const { auth } = throwingAuth({ rwt, fresh: true });
  expect(await askedBy(() => auth.authenticate(request))).toEqual([true]);
});
