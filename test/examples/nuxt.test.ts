/** The code for Nuxt on the page about h3, with the h3 that Nuxt uses, and with the next one. */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import * as h3 from "h3";
import * as h3v1 from "h3-v1";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { blockWith, SURROUNDINGS } from "../support/pages.ts";

const PAGE = "docs/frameworks/h3.md";
const FILES = ["server/utils/session.ts", "server/api/me.get.ts", "server/api/sign-in.post.ts"];

/** Lays the page's files out as in an app, and bundles them with a version of h3. */
async function handlersOf(version: "h3" | "h3-v1") {
  mkdirSync(join(root, "dist"), { recursive: true });
  const folder = mkdtempSync(join(root, "dist/.nuxt-"));
  atEnd(() => rmSync(folder, { recursive: true }));
  const write = (file: string, code: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  };
  for (const file of FILES) write(file, blockWith(`// ${file}`, PAGE));
  write("server/utils/auth.ts", SURROUNDINGS["auth.ts"] ?? "");
  write(
    "all.ts",
    'export { default as me } from "./server/api/me.get.ts"; export { default as signIn } from "./server/api/sign-in.post.ts";',
  );
  const outfile = join(folder, "all.mjs");
  const alias = { h3: version, "~~": folder };
  const external = [version, "redis-web-token"];
  await build({
    entryPoints: [join(folder, "all.ts")],
    outfile,
    alias,
    external,
    bundle: true,
    format: "esm",
    platform: "node",
  });
  return await import(pathToFileURL(outfile).href);
}

async function listenerOf(version: "h3" | "h3-v1") {
  const { me, signIn } = await handlersOf(version);
  if (version === "h3") return h3.toNodeHandler(new h3.H3().get("/api/me", me).post("/api/sign-in", signIn));
  const router = h3v1.createRouter().get("/api/me", me).post("/api/sign-in", signIn);
  return h3v1.toNodeListener(h3v1.createApp().use(router));
}

test.each(["h3", "h3-v1"] as const)("Nuxt's files sign in and read with %s", async (version) => {
  const server = createServer(await listenerOf(version)).listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signIn = (headers = {}) =>
    fetch(`${origin}/api/sign-in`, {
      method: "POST",
      body: '{"name":"Ada"}',
      headers: { "Content-Type": "application/json", ...headers },
    });
  expect((await fetch(`${origin}/api/me`)).status).toBe(401);
  expect((await signIn({ Origin: "https://evil.example" })).status).toBe(403);
  const signedIn = await signIn({ Origin: origin });
  expect(await signedIn.json()).toEqual({ name: "Ada" });
  const [cookie = ""] = signedIn.headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-rwt=rwt_[\w.-]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  const me = await fetch(`${origin}/api/me`, { headers: { Cookie: cookie.split(";")[0] ?? "" } });
  expect(await me.json()).toEqual({ id: "Ada", name: "Ada" });
  expect(me.headers.get("Cache-Control")).toBe("no-store");
});
