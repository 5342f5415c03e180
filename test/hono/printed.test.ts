import { inspect } from "node:util";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { rwtAuth } from "../../src/hono/index.ts";
import { bearer, get, live, rwt } from "./fixture.ts";

test("a context that is printed shows no token", async () => {
  const app = new Hono();
  app.use(rwtAuth({ rwt }));
  let printed = "";
  app.get("/private/me", (c) => {
    printed = inspect([c, c.var], { depth: 9, showHidden: true });
    return c.body(null);
  });
  await get(app, bearer(live));
  expect(printed).toContain("Context");
  // The request's own headers are another matter.
  expect(printed.replaceAll(`Bearer ${live}`, "")).not.toContain(live);
});
