/** The loaders and actions of the example, in React Router's handler of routes. Its pages need React Router's compiler. */
import { join } from "node:path";
import { createStaticHandler, RouterContextProvider } from "react-router";
import { expect, test, vi } from "vitest";
import { serveApp } from "../support/serve-app.ts";
import { ownRedis } from "../support/servers.ts";
import { exampleCopy } from "./example-copy.ts";
import { runOwnTests } from "./own-tests.ts";
import { CLEARED, COOKIE, OTHER_SITE, SECRET, visitor } from "./visitor.ts";

const redis = await ownRedis();
const folder = exampleCopy("react-router");
const app = join(folder, "app");
vi.stubEnv("REDIS_URL", redis.url);
vi.stubEnv("RWT_SECRET", SECRET);
const route = (file: string) => import(join(app, "routes", file));
const { queryRoute } = createStaticHandler([
  { path: "sign-in", action: (await route("sign-in.ts")).action },
  { path: "sign-out", action: (await route("sign-out.ts")).action },
  { path: "sign-out-everywhere", action: (await route("sign-out-everywhere.ts")).action },
  { path: "private/confirm", action: (await route("confirm.ts")).action },
  { path: "private", loader: (await route("private.tsx")).loader },
  { path: "private/devices", loader: (await route("devices.tsx")).loader },
]);
async function answer(request: Request): Promise<Response> {
  const result = await queryRoute(request, {
    requestContext: new RouterContextProvider(),
    generateMiddlewareResponse: async (query) => {
      const found: unknown = await query(request);
      return found instanceof Response ? found : Response.json(found);
    },
  }).catch((thrown: unknown) => thrown);
  if (result instanceof Response) return result;
  throw result;
}
const origin = await serveApp({ fetch: answer });
const { get, post, signIn } = visitor(origin);

test("a user signs in, reads, and signs out", async () => {
  expect((await get("/private")).status).toBe(401);
  const cookie = await signIn();
  const page = await get("/private", cookie, { "Sec-Fetch-Site": "cross-site" });
  expect(await page.json()).toEqual({ name: "Ada" });
  expect((await route("private-layout.tsx")).headers()).toEqual({ "Cache-Control": "no-store" });
  expect((await post("/sign-out", cookie, OTHER_SITE)).status).toBe(403);
  const out = await post("/sign-out", cookie);
  expect([out.status, out.headers.get("Location")]).toEqual([303, "/"]);
  expect(out.headers.getSetCookie()).toEqual([CLEARED]);
  expect((await get("/private", cookie)).status).toBe(401);
});

test("devices are listed, and sign out everywhere", async () => {
  const [phone, desk] = [await signIn(), await signIn()];
  const devices = await (await get("/private/devices", desk)).json();
  expect(devices.map(({ current }: { current: boolean }) => current).sort()).toEqual([false, true]);
  expect((await post("/sign-out-everywhere", desk)).status).toBe(303);
  for (const cookie of [phone, desk]) expect((await get("/private", cookie)).status).toBe(401);
});

test("confirming the password replaces the token, and a wrong one doesn't", async () => {
  const before = await signIn();
  const confirm = (password: string) => post("/private/confirm", before, {}, { password });
  expect((await confirm("guess")).status).toBe(401);
  const right = await confirm("secret");
  expect([right.status, right.headers.get("Location")]).toEqual([303, "/private"]);
  expect(right.headers.getSetCookie()).toEqual([expect.stringMatching(COOKIE)]);
  expect((await get("/private", before)).status).toBe(401);
});

test("its own tests pass", async () => {
  await runOwnTests("react-router", folder, { APP_URL: origin, REDIS_URL: redis.url, RWT_SECRET: SECRET });
});

test("while Redis is out it answers 503", async () => {
  const cookie = await signIn();
  await redis.kill();
  expect((await get("/private", cookie)).status).toBe(503);
});
