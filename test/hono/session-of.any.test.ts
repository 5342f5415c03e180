import { Hono } from "hono";
import { expect, test } from "vitest";
import { type RwtVariables, rwtAuth, rwtCarrier, sessionOf, signOut } from "../../src/hono/index.ts";
import { MiddlewareMissingError } from "../../src/index.ts";
import type { Session } from "../../src/session.ts";
import { bearer, live, rwt, signed } from "./fixture.ts";

const headers = bearer(live);

test("sessionOf returns the session that rwtAuth found, also after a sign-out", async () => {
  const app = new Hono().use(rwtAuth({ rwt }));
  app.get("/me", (c) => c.json(sessionOf(c) === c.var.session));
  app.get("/out", async (c) => {
    await signOut(c);
    return c.json(sessionOf(c).data.name);
  });
  expect(await (await app.request("/me", { headers })).json()).toBe(true);
  expect(await (await app.request("/out", { headers: bearer(await signed("Eve")) })).json()).toBe("Eve");
});

test("it returns undefined where the middleware is optional", async () => {
  const app = new Hono();
  app.get("/", rwtAuth({ rwt, optional: true }), (c) => c.text(`${sessionOf(c)}`));
  expect(await (await app.request("/")).text()).toBe("undefined");
});

test("it names the route that has no middleware, or only one that checks nothing", async () => {
  const app = new Hono<{ Variables: RwtVariables<unknown> }>();
  const errors: unknown[] = [];
  app.onError((error, c) => {
    errors.push(error);
    return c.text("", 500);
  });
  app.get("/bare", (c) => c.json(sessionOf(c) satisfies Session));
  app.get("/carried", rwtCarrier({ rwt }), (c) => c.text(`${sessionOf(c)}`));
  for (const path of ["/bare", "/carried"]) {
    await app.request(path, { headers });
    expect(errors.at(-1)).toBeInstanceOf(MiddlewareMissingError);
    expect(errors.at(-1)).toMatchObject({ message: `sessionOf needs rwtAuth before it: ${path} has none` });
  }
});
