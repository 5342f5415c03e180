/** The endpoints of the example. Its pages need Astro's compiler. */
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { serveApp } from "../support/serve-app.ts";
import { ownRedis } from "../support/servers.ts";
import { exampleCopy } from "./example-copy.ts";
import { runOwnTests } from "./own-tests.ts";
import { CLEARED, COOKIE, OTHER_SITE, SECRET, visitor } from "./visitor.ts";

const redis = await ownRedis();
const folder = exampleCopy("astro");
const source = join(folder, "src");
vi.stubEnv("REDIS_URL", redis.url);
vi.stubEnv("RWT_SECRET", SECRET);
const { auth } = await import(join(source, "auth.ts"));
// As the frontmatter of the private page.
async function page(request: Request): Promise<Response> {
  const session = await auth.authenticate(request);
  return session instanceof Response ? session : Response.json(session.data);
}
const origin = await serveApp({
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/private") return page(request);
    const { POST } = await import(join(source, `pages${pathname}.ts`));
    return POST({ request });
  },
});
const { get, post, signIn } = visitor(origin);

test("a user signs in, reads, and signs out", async () => {
  expect((await get("/private")).status).toBe(401);
  expect((await post("/sign-in", "", {}, { name: "Ada", password: "guess" })).status).toBe(401);
  const cookie = await signIn();
  expect(await (await get("/private", cookie)).json()).toEqual({ id: "Ada", name: "Ada" });
  expect((await post("/sign-out", cookie, OTHER_SITE)).status).toBe(403);
  const out = await post("/sign-out", cookie);
  expect([out.status, out.headers.get("Location")]).toEqual([303, "/"]);
  expect(out.headers.getSetCookie()).toEqual([CLEARED]);
  expect((await get("/private", cookie)).status).toBe(401);
});

test("sign out everywhere ends the session of another browser too", async () => {
  const [phone, desk] = [await signIn(), await signIn()];
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
  await runOwnTests("astro", folder, { APP_URL: origin, REDIS_URL: redis.url, RWT_SECRET: SECRET });
});
