import { Hono } from "hono";
import { expect, test } from "vitest";
import { rwtAuth } from "../../src/hono/index.ts";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { serveApp } from "../support/serve-app.ts";

test("a function that makes the service is called once behind @hono/node-server", async () => {
  const rwt = createRwt({ store: memoryStore(), secret: "a secret of the tests, 32 bytes or more" });
  const headers = { Authorization: `Bearer ${await rwt.sign("Ada")}` };
  let made = 0;
  const app = new Hono();
  app.use(
    rwtAuth({
      rwt(_) {
        made++;
        return rwt;
      },
    }),
  );
  app.get("/", (c) => c.text("in"));
  const origin = await serveApp(app);
  for (let i = 0; i < 3; i++) expect(await (await fetch(origin, { headers })).text()).toBe("in");
  expect(made).toBe(1);
});
