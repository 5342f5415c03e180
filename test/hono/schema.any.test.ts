/** A schema's two types through the middlewares: what goes in is checked, what comes out is transformed. */
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { describe, expect, test } from "vitest";
import { type RwtVariables, rwtAuth, rwtCarrier, signIn } from "../../src/hono/index.ts";
import { rwtRoutes } from "../../src/hono-routes/index.ts";
import { createRwt, type InputOf, type OutputOf } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { coercing, defaulting, transforming } from "../types/schemas.ts";
import { bearer, secret } from "./fixture.ts";

const plain = createRwt({ store: memoryStore(), secret });
const transformed = plain.with(sessions({ schema: transforming }));
const [since, milliseconds] = ["2017-01-01", Date.UTC(2017, 0, 1)];

describe("in Hono", () => {
  type Variables = RwtVariables<OutputOf<typeof transformed>, InputOf<typeof transformed>>;
  const app = new Hono<{ Variables: Variables }>();
  app.post("/login", rwtCarrier({ rwt: transformed }), async (c) =>
    c.text(await signIn(c, await c.req.json())),
  );
  app.get("/me", rwtAuth({ rwt: transformed }), (c) => c.json(c.var.session.data.since.getTime()));
  app.onError((error, c) =>
    error instanceof HTTPException ? error.getResponse() : c.json({ ...error }, 500),
  );
  const logIn = (data: unknown) => app.request("/login", { method: "POST", body: JSON.stringify(data) });

  test("the session has what comes out, and signIn takes what goes in", async () => {
    const token = await (await logIn({ since })).text();
    const response = await app.request("/me", { headers: bearer(token) });
    expect(await response.json()).toBe(milliseconds);
  });

  test("what doesn't fit is signed by nobody, and lets nobody in", async () => {
    expect(await (await logIn({ since: "soon" })).json()).toMatchObject({ code: "ERR_RWT_DATA_SCHEMA" });
    const token = await plain.sign({ since: "soon" });
    expect((await app.request("/me", { headers: bearer(token) })).status).toBe(401);
  });
});

test("in requestAuth", async () => {
  const { authenticate, signIn } = requestAuth({ rwt: plain.with(sessions({ schema: defaulting })) });
  const request = (headers: HeadersInit = {}) =>
    new Request("http://localhost/", { method: "POST", headers });
  const signedIn = await signIn(request(), { id: "42" });
  if (signedIn instanceof Response) return expect.fail("refused");
  const session = await authenticate(request(bearer(signedIn.token)));
  if (session instanceof Response) return expect.fail("refused");
  expect(session.data).toEqual({ id: "42", role: "user" });
});

test("in the claims of an introspection", async () => {
  const rwt = plain.with(sessions({ schema: coercing }));
  const clients = [{ id: "billing", secret: "b".repeat(40) }];
  const routes = rwtRoutes({ rwt, clients, claims: ({ data }) => ({ nextYear: data.age + 1 }) });
  const body = new URLSearchParams({ token: await rwt.sign({ age: "41" }) });
  const response = await routes.request("/introspect", {
    method: "POST",
    headers: bearer("b".repeat(40)),
    body,
  });
  expect(await response.json()).toMatchObject({ active: true, nextYear: 42 });
});
