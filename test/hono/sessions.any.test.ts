import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import {
  endOtherSessions,
  listSessions,
  type OptionalRwtVariables,
  type RwtAuthOptions,
  rotateSession,
  rwtAuth,
  rwtCarrier,
  signIn,
} from "../../src/hono/index.ts";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
const store = memoryStore();
const rwt = createRwt({ store, secret }).with(sessions());

function appWith(options: Partial<RwtAuthOptions> = {}) {
  const app = new Hono<{ Variables: OptionalRwtVariables }>();
  app.use(rwtAuth({ rwt, from: ["bearer", "cookie"], ...options }));
  app.post("/rotate", async (c) => {
    const first = await rotateSession(c);
    return c.json([first, c.req.query("twice") && (await rotateSession(c))]);
  });
  app.post("/others", async (c) => c.json(await endOtherSessions(c)));
  app.onError((error, c) =>
    "getResponse" in error
      ? (error as never as { getResponse(): Response }).getResponse()
      : c.json({ ...error }, 500),
  );
  return app;
}
const post = (app: Pick<Hono, "request">, path: string, headers: Record<string, string>) =>
  app.request(path, { method: "POST", headers });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe("rotateSession", () => {
  test("gives a new token for the same session, and sets its cookie", async () => {
    const token = await rwt.sign("Ada", { subject: "42" });
    const response = await post(appWith(), "/rotate", { Cookie: `__Host-rwt=${token}` });
    const [fresh] = (await response.json()) as [string];
    expect(response.headers.get("Set-Cookie")).toMatch(
      new RegExp(`^__Host-rwt=${fresh}; Max-Age=\\d+;.*HttpOnly`),
    );
    expect((await rwt.verify(fresh))?.data).toBe("Ada");
    expect((await rwt.verify(token))?.data).toBe("Ada");
  });

  test("twice in a request rotates what it gave first, and sets no cookie that isn't a carrier", async () => {
    const token = await rwt.sign("Ada");
    const response = await post(appWith({ from: ["bearer"] }), "/rotate?twice=1", bearer(token));
    const [first, second] = (await response.json()) as string[];
    expect([(await rwt.verify(first))?.data, (await rwt.verify(second))?.data]).toEqual(["Ada", "Ada"]);
    expect(second).not.toBe(first);
    expect(response.headers.get("Set-Cookie")).toBeNull();
  });

  test("leaves a second rwtAuth behind it in peace, which is shown the old token", async () => {
    const app = new Hono<{ Variables: OptionalRwtVariables<string> }>();
    app.use("/*", rwtAuth({ rwt }), async (c, next) => {
      await rotateSession(c, { grace: 0 });
      await next();
    });
    app.get("/inner", rwtAuth({ rwt }), async (c) => c.json([c.var.session?.data, await rotateSession(c)]));
    const token = await rwt.sign("Ada");
    const response = await app.request("/inner", { headers: bearer(token) });
    const [data, fresh] = (await response.json()) as [string, string];
    expect([response.status, data, (await rwt.verify(fresh))?.data]).toEqual([200, "Ada", "Ada"]);
  });

  test("with retry: false, for a change of privilege, the old token ends at once, and can't ask again", async () => {
    const app = new Hono<{ Variables: OptionalRwtVariables }>();
    app.use(rwtAuth({ rwt, from: ["bearer", "cookie"], optional: true }));
    app.post("/sudo", async (c) => c.json(await rotateSession(c, { retry: false })));
    const token = await rwt.sign("Ada", { subject: "46" });
    const response = await post(app, "/sudo", { Cookie: `__Host-rwt=${token}` });
    const fresh = (await response.json()) as string;
    expect(response.headers.get("Set-Cookie")).toContain(`__Host-rwt=${fresh};`);
    expect(await (await post(app, "/sudo", bearer(token))).json()).toBeNull();
    expect([await rwt.verify(token), (await rwt.verify(fresh))?.data]).toEqual([null, "Ada"]);
  });

  test("works behind rwtCarrier, where nothing has checked the token", async () => {
    const app = new Hono<{ Variables: OptionalRwtVariables }>();
    app.use(rwtCarrier({ rwt }));
    app.post("/rotate", async (c) => c.json(await rotateSession(c)));
    const token = await rwt.sign("Ada");
    const fresh = (await (await post(app, "/rotate", bearer(token))).json()) as string;
    expect((await rwt.verify(fresh))?.data).toBe("Ada");
    expect(await (await post(app, "/rotate", bearer("junk"))).json()).toBeNull();
  });

  test("is null where nobody is signed in", async () => {
    const response = await post(appWith({ optional: true }), "/rotate", {});
    expect(await response.json()).toEqual([null, null]);
  });
});

describe("endOtherSessions", () => {
  test("ends the subject's others and spares the request's own", async () => {
    const sign = () => rwt.sign("Ada", { subject: "43" });
    const [own, one, two] = [await sign(), await sign(), await sign()];
    expect(await (await post(appWith(), "/others", bearer(own))).json()).toBe(true);
    expect([await rwt.verify(one), await rwt.verify(two), (await rwt.verify(own))?.data]).toEqual([
      null,
      null,
      "Ada",
    ]);
  });

  test("after signIn in the same request, such as a change of the password, too", async () => {
    const app = new Hono<{ Variables: OptionalRwtVariables }>();
    app.post("/password", rwtCarrier({ rwt }), async (c) => {
      const token = await signIn(c, "Ada", { subject: "45" });
      const { sessions } = await listSessions(c);
      return c.json([token, sessions.length, await endOtherSessions(c)]);
    });
    const thief = await rwt.sign("Ada", { subject: "45" });
    const response = await post(app, "/password", {});
    const [token, listed, ended] = (await response.json()) as [string, number, boolean];
    expect([listed, ended, await rwt.verify(thief)]).toEqual([2, true, null]);
    expect((await rwt.verify(token))?.data).toBe("Ada");
  });

  test("spares the session of a token that was rotated in the same request", async () => {
    const app = new Hono<{ Variables: OptionalRwtVariables }>();
    app.use(rwtAuth({ rwt }));
    app.post("/both", async (c) =>
      c.json([await rotateSession(c, { retry: false }), await endOtherSessions(c)]),
    );
    const [own, other] = [await rwt.sign("Ada", { subject: "47" }), await rwt.sign("Ada", { subject: "47" })];
    const [fresh, ended] = (await (await post(app, "/both", bearer(own))).json()) as [string, boolean];
    expect([ended, await rwt.verify(other), (await rwt.verify(fresh))?.data]).toEqual([true, null, "Ada"]);
  });

  test("is false without a subject", async () => {
    expect(await (await post(appWith(), "/others", bearer(await rwt.sign("Ada")))).json()).toBe(false);
  });
});

test("both need sessions(), and rwtAuth or rwtCarrier, and are 503 while the store is out", async () => {
  const token = await rwt.sign("Ada", { subject: "44" });
  const down = () => Promise.reject(new StoreUnavailableError("network", "out"));
  const out = { ...rwt, rotate: down, destroyAll: down };
  for (const path of ["/rotate", "/others"]) {
    const plain = await post(appWith({ rwt: createRwt({ store, secret }) }), path, bearer(token));
    expect(await plain.json()).toMatchObject({ code: "ERR_RWT_OPTION_TYPE", option: "rwt" });
    expect((await post(appWith({ rwt: out }), path, bearer(token))).status).toBe(503);
  }
  const app = new Hono();
  app.post("/others", async (c) => c.json(await endOtherSessions(c)));
  app.onError((error, c) => c.json({ ...error }));
  expect(await (await post(app, "/others", {})).json()).toMatchObject({ code: "ERR_RWT_MIDDLEWARE_MISSING" });
});
