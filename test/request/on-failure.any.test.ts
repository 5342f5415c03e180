import { Hono } from "hono";
import { expect, test } from "vitest";
import { rwtAuth } from "../../src/hono/index.ts";
import { createRwt } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
const rwt = createRwt<string>({ store: memoryStore(), secret }).with(sessions());
const headers = { Authorization: "Bearer" };

test.each([
  ["nothing", undefined],
  ["null", null],
  ["another Response than the global one", { status: 401, headers: new Headers() }],
])("an onFailure that returns %s lets nobody in", async (_, answer) => {
  const onFailure = (() => answer) as never;
  const auth = requestAuth<string>({ rwt, optional: true, onFailure });
  for (const call of [auth.authenticate, auth.signOut, auth.listSessions])
    await expect(call({ method: "GET", headers })).rejects.toMatchObject({
      code: "ERR_RWT_OPTION_TYPE",
      option: "onFailure",
    });
  let reached = false;
  const app = new Hono();
  app.get("/", rwtAuth({ rwt, onFailure }), (c) => {
    reached = true;
    return c.text("in");
  });
  app.onError((_, c) => c.text("failed", 500));
  await app.request("/", { headers });
  expect(reached).toBe(false);
});
