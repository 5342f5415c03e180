import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { expect, test } from "vitest";
import { rwtAuth } from "../../src/hono/index.ts";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const rwt = createRwt({ store: memoryStore(), secret: "a secret of the tests, 32 bytes or more" });

/** What an app's `onError` is told of a request without a token. */
async function refused(): Promise<HTTPException> {
  let told: unknown;
  const app = new Hono();
  app.use(rwtAuth({ rwt }));
  app.onError((error) => {
    told = error;
    return new Response();
  });
  await app.request("/");
  if (!(told instanceof HTTPException)) throw new Error("no refusal");
  return told;
}

test("a refusal has a response of its own, and no stack, since it is no bug", async () => {
  const refusal = await refused();
  expect([refusal.status, refusal.message]).toEqual([401, "Unauthorized"]);
  expect(refusal.stack).not.toContain("\n    at ");
  const response = refusal.getResponse();
  expect([response.status, response.headers.get("WWW-Authenticate")]).toEqual([401, 'Bearer realm="api"']);
  expect(await response.text()).toBe("Unauthorized");
});

test("a refusal's response is there as `res` too, as in Hono's own exceptions", async () => {
  const { res } = await refused();
  expect([res?.status, res?.headers.get("WWW-Authenticate")]).toEqual([401, 'Bearer realm="api"']);
});

test("errors after a refusal have their stacks, even where an app has frozen its globals", async () => {
  await refused();
  expect(new Error("a bug").stack).toContain("\n    at ");
  const found = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit");
  Object.defineProperty(Error, "stackTraceLimit", { value: 7, writable: false, configurable: true });
  try {
    expect((await refused()).status).toBe(401);
  } finally {
    Object.defineProperty(Error, "stackTraceLimit", found ?? { value: 10 });
  }
});
