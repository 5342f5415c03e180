import { Hono } from "hono";
import { Redis } from "ioredis";
import { afterAll, expect, inject, test } from "vitest";
import { type RwtVariables, rwtAuth, rwtCarrier, signOut } from "../../src/hono/index.ts";
import { rwtRoutes } from "../../src/hono-routes/index.ts";
import { createRwt } from "../../src/index.ts";
import { type LegacySession, legacy } from "../../src/legacy/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { signedByOldNode } from "./old-libraries.ts";

const admin = new Redis(inject("redisUrl"));
afterAll(() => admin.quit());
const old = { prefix: "hono-legacy:", secret: "az3rty!" };
const service = createRwt<Record<string, string>>({
  store: ioredisStore(admin),
  secret: "a secret of the tests, 32 bytes or more",
});
const rwt = service.with(legacy({ ...old, upgrade: true }));

const app = new Hono<{ Variables: RwtVariables<Record<string, string>> }>();
const from = ["bearer", "cookie", "header"] as const;
app.use("/private", rwtAuth({ rwt, from }));
app.get("/private", (c) => {
  const { data, newToken }: LegacySession<Record<string, string>> = c.var.session;
  return c.json({ data, newToken });
});
app.post("/logout", rwtCarrier({ rwt, from }), async (c) => c.json(await signOut(c)));

test.each([
  ["as a bearer", (token: string) => ({ Authorization: `Bearer ${token}` })],
  ["in the cookie", (token: string) => ({ Cookie: `__Host-rwt=${token}` })],
  ["in the header", (token: string) => ({ "x-access-token": token })],
])("rwtAuth takes an old token %s, hands back a new one, and signs out", async (_, carried) => {
  const { token } = await signedByOldNode(admin, { ...old, user: { name: "Ada" }, expire: 60 });
  const answer = await (await app.request("/private", { headers: carried(token) })).json();
  expect(answer).toEqual({ data: { name: "Ada" }, newToken: expect.stringMatching(/^rwt_/) });
  expect((await app.request("/private", { headers: carried(answer.newToken) })).status).toBe(200);
  const logout = await app.request("/logout", { method: "POST", headers: carried(token) });
  expect(await logout.json()).toBe(true);
  for (const ended of [token, answer.newToken])
    expect((await app.request("/private", { headers: carried(ended) })).status).toBe(401);
});

test("rwtRoutes introspects an old token, with the members that are known, and revokes it", async () => {
  const billing = { id: "billing", secret: "b".repeat(40) };
  const inPlace = service.with(legacy(old));
  const routes = rwtRoutes({ rwt: inPlace, clients: [billing], claims: ({ data }) => ({ name: data.name }) });
  const { token } = await signedByOldNode(admin, { ...old, user: { name: "Ada" }, expire: 60 });
  const post = (path: string) =>
    routes.request(path, {
      method: "POST",
      headers: { Authorization: `Bearer ${billing.secret}` },
      body: new URLSearchParams({ token }),
    });
  const live = { active: true, token_type: "Bearer", name: "Ada", exp: expect.any(Number) };
  expect(await (await post("/introspect")).json()).toEqual(live);
  expect((await post("/revoke")).status).toBe(200);
  expect(await (await post("/introspect")).json()).toEqual({ active: false });
});
