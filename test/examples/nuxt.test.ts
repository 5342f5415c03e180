/** The server's part of the example, with the h3 that Nuxt uses. Its pages need Nuxt, so the matrix runs them. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { createApp, createRouter, toNodeListener } from "h3-v1";
import { expect, test, vi } from "vitest";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { exampleCopy } from "./example-copy.ts";
import { AUTO_IMPORTS } from "./nuxt-imports.ts";
import { runOwnTests } from "./own-tests.ts";
import { CLEARED, OTHER_SITE, SECRET, visitor } from "./visitor.ts";

const redis = await ownRedis();
vi.stubEnv("REDIS_URL", redis.url);
vi.stubEnv("RWT_SECRET", SECRET);

const FILES = {
  me: "api/me.get.ts",
  devices: "api/devices.get.ts",
  signIn: "routes/sign-in.post.ts",
  confirm: "routes/private/confirm.post.ts",
  signOut: "routes/sign-out.post.ts",
  signOutEverywhere: "routes/sign-out-everywhere.post.ts",
};

const folder = exampleCopy("nuxt");

/** Bundles the handlers, with what Nuxt would import. */
async function handlers() {
  const inject = join(folder, "imports.ts");
  writeFileSync(inject, AUTO_IMPORTS.module);
  const exports = Object.entries(FILES).map(
    ([name, file]) => `export { default as ${name} } from "./server/${file}";`,
  );
  const entry = join(folder, "all.ts");
  writeFileSync(entry, `${exports.join("\n")}\nexport { rwt } from "./server/utils/auth.ts";`);
  const outfile = join(folder, "all.mjs");
  await build({
    entryPoints: [entry],
    outfile,
    inject: [inject],
    alias: { h3: "h3-v1" },
    external: ["h3-v1", "redis-web-token"],
    bundle: true,
    format: "esm",
    platform: "node",
  });
  return await import(pathToFileURL(outfile).href);
}

const { rwt, ...all } = await handlers();
atEnd(() => rwt.disconnect());
const router = createRouter()
  .get("/api/me", all.me)
  // Instead of the page, which shows what it gives.
  .get("/private", all.me)
  .get("/api/devices", all.devices)
  .post("/sign-in", all.signIn)
  .post("/private/confirm", all.confirm)
  .post("/sign-out", all.signOut)
  .post("/sign-out-everywhere", all.signOutEverywhere);
const server = createServer(toNodeListener(createApp().use(router))).listen(0, "127.0.0.1");
await once(server, "listening");
atEnd(() => {
  server.close();
  server.closeAllConnections();
});
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const { get, post, signIn } = visitor(origin);

test("a user signs in, reads, and signs out", async () => {
  const stranger = await get("/api/me");
  expect([stranger.status, stranger.headers.get("WWW-Authenticate")]).toEqual([401, 'Bearer realm="api"']);
  expect(stranger.headers.get("Content-Type")).toMatch("json");
  const cookie = await signIn();
  expect(await (await get("/api/me", cookie)).json()).toEqual({ id: "Ada", name: "Ada" });
  const out = await post("/sign-out", cookie);
  expect([out.status, out.headers.get("Location"), out.headers.getSetCookie()]).toEqual([
    303,
    "/",
    [CLEARED],
  ]);
  expect((await get("/api/me", cookie)).status).toBe(401);
});

test("a form of another site signs nobody in or out", async () => {
  const cookie = await signIn();
  const refused = await post("/sign-in", "", OTHER_SITE, { name: "Eve", password: "secret" });
  expect([refused.status, refused.headers.getSetCookie()]).toEqual([403, []]);
  for (const path of ["/sign-out", "/sign-out-everywhere", "/private/confirm"])
    expect((await post(path, cookie, OTHER_SITE, { password: "secret" })).status).toBe(403);
  expect((await get("/api/me", cookie)).status).toBe(200);
});

test("devices are listed, and sign out everywhere", async () => {
  const [phone, desk] = [await signIn("Bob"), await signIn("Bob")];
  const devices = await (await get("/api/devices", desk)).json();
  expect(devices.map(({ current }: { current: boolean }) => current).sort()).toEqual([false, true]);
  expect((await post("/sign-out-everywhere", desk)).status).toBe(303);
  for (const cookie of [phone, desk]) expect((await get("/api/me", cookie)).status).toBe(401);
});

test("a confirmed password gives a new token, and ends the old one", async () => {
  const cookie = await signIn();
  const confirmed = await post("/private/confirm", cookie, {}, { password: "secret" });
  const [fresh = ""] = confirmed.headers.getSetCookie();
  expect(fresh).toMatch(/^__Host-rwt=rwt_/);
  expect((await get("/api/me", cookie)).status).toBe(401);
  expect((await get("/api/me", fresh.split(";")[0])).status).toBe(200);
});

test("its own tests pass", async () => {
  await runOwnTests("nuxt", folder, { APP_URL: origin, REDIS_URL: redis.url, RWT_SECRET: SECRET });
});

test("while Redis is out it answers 503", async () => {
  const cookie = await signIn();
  await redis.kill();
  const answer = await get("/api/me", cookie);
  expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "5"]);
});
