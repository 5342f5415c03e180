import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import {
  endOtherSessions,
  type OptionalRwtVariables,
  type RwtAuthOptions,
  rotateSession,
  rwtAuth,
} from "../../src/hono/index.ts";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { createRwtWithSessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const secret = "a secret of the tests, 32 bytes or more";
const store = memoryStore();
const rwt = createRwtWithSessions({ store, secret });

function appWith(options: Partial<RwtAuthOptions> = {}) {
  const app = new Hono<{ Variables: OptionalRwtVariables }>();
  app.use(rwtAuth({ rwt, from: ["bearer", "cookie"], ...options }));
  app.post("/rotate", async (c) => {
    const first = await rotateSession(c, { grace: 10 });
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
    expect([await rwt.verify(first), (await rwt.verify(second))?.data]).toEqual([null, undefined]);
    expect(response.headers.get("Set-Cookie")).toBeNull();
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
    expect(await (await post(appWith(), "/others", bearer(own))).json()).toBe(2);
    expect([await rwt.verify(one), await rwt.verify(two), (await rwt.verify(own))?.data]).toEqual([
      null,
      null,
      "Ada",
    ]);
  });

  test("is 0 without a subject", async () => {
    expect(await (await post(appWith(), "/others", bearer(await rwt.sign("Ada")))).json()).toBe(0);
  });
});

test("both need createRwtWithSessions, and rwtAuth, and are 503 while the store is out", async () => {
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
