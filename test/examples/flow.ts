import { describe, expect, test } from "vitest";
import { forged } from "../support/forged.ts";
import { ownRedis } from "../support/servers.ts";
import { startApp } from "./app-process.ts";
import { CLEARED, COOKIE, OTHER_SITE, SECRET, visitor } from "./visitor.ts";

/**
 * Starts an example app, and describes what each of them does, over HTTP. Await it outside of hooks, whose own cleanups never run.
 *
 * @param build - returns the file to start
 * @param command - what runs it; Node by default
 */
export async function describeExample(
  name: string,
  build: () => string | Promise<string>,
  command?: string,
): Promise<void> {
  const redis = await ownRedis();
  const origin = await startApp(await build(), { REDIS_URL: redis.url, RWT_SECRET: SECRET }, command);
  const { get, post, signIn } = visitor(origin);

  describe(`examples/${name}`, () => {
    test("a user signs in, reads, and signs out", async () => {
      expect(await (await get("/")).text()).toContain("<form");
      expect((await get("/private")).status).toBe(401);
      const cookie = await signIn("Ada <b>");
      const page = await get("/private", cookie);
      expect(await page.text()).toMatch(/Hello Ada (&lt;|&#60;)b(&gt;|&#62;)/);
      expect(page.headers.get("Cache-Control")).toBe("no-store");
      expect(page.headers.getSetCookie()).toEqual([]);
      const out = await post("/sign-out", cookie);
      expect([out.status, out.headers.get("Location")]).toEqual([303, "/"]);
      expect(out.headers.getSetCookie()).toEqual([CLEARED]);
      expect((await get("/private", cookie)).status).toBe(401);
    });

    test("a wrong password sets no cookie", async () => {
      const answer = await post("/sign-in", "", {}, { name: "Ada", password: "guess" });
      expect(answer.status).toBe(401);
      expect(answer.headers.getSetCookie()).toEqual([]);
    });

    test("another site's page can link to it, and can't post to it", async () => {
      const cookie = await signIn();
      expect((await get("/private", cookie, { "Sec-Fetch-Site": "cross-site" })).status).toBe(200);
      const form = { name: "Eve", password: "secret" };
      expect((await post("/sign-in", "", OTHER_SITE, form)).status).toBe(403);
      for (const path of ["/sign-out", "/sign-out-everywhere"])
        expect((await post(path, cookie, OTHER_SITE)).status).toBe(403);
      expect((await get("/private", cookie)).status).toBe(200);
    });

    test("its own pages can post to it behind a proxy that terminates TLS", async () => {
      const { host } = new URL(origin);
      const added = { "X-Forwarded-Proto": "https", "X-Forwarded-Host": host };
      await signIn("Ada", { ...added, Origin: `https://${host}`, "Sec-Fetch-Site": "same-origin" });
    });

    test("a forged token is refused", async () => {
      const [name, token = ""] = (await signIn()).split("=");
      expect((await get("/private", `${name}=${forged(token)}`)).status).toBe(401);
    });

    test("devices are listed, and sign out everywhere", async () => {
      const [phone, desk, other] = [await signIn("Bob"), await signIn("Bob"), await signIn("Carol")];
      const list = await (await get("/private/devices", desk)).text();
      expect(list.match(/<li>/g)).toHaveLength(2);
      expect(list.match(/this device/g)).toHaveLength(1);
      const out = await post("/sign-out-everywhere", desk);
      expect(out.status).toBe(303);
      expect(out.headers.getSetCookie()).toEqual([CLEARED]);
      expect((await get("/private", phone)).status).toBe(401);
      expect((await get("/private", desk)).status).toBe(401);
      expect((await get("/private", other)).status).toBe(200);
    });

    test("confirming the password replaces the token, and a wrong one doesn't", async () => {
      const before = await signIn();
      const confirm = (cookie: string, password: string, headers = {}) =>
        post("/private/confirm", cookie, headers, { password });
      expect((await confirm("", "secret")).status).toBe(401);
      expect((await confirm(before, "secret", OTHER_SITE)).status).toBe(403);
      const wrong = await confirm(before, "guess");
      expect([wrong.status, wrong.headers.getSetCookie()]).toEqual([401, []]);
      const right = await confirm(before, "secret");
      expect([right.status, right.headers.get("Location")]).toEqual([303, "/private"]);
      const [cookie = "", ...others] = right.headers.getSetCookie();
      expect(cookie).toMatch(COOKIE);
      expect(others).toEqual([]);
      expect((await get("/private", before)).status).toBe(401);
      expect((await get("/private", cookie.split(";")[0])).status).toBe(200);
    });

    test("while Redis is out it answers 503, and works again after that", async () => {
      const cookie = await signIn();
      await redis.kill();
      const answer = await get("/private", cookie);
      expect(answer.status).toBe(503);
      expect(answer.headers.get("Retry-After")).toBe("5");
      expect(answer.headers.getSetCookie()).toEqual([]);
      await redis.restart();
      await expect.poll(async () => (await get("/private", cookie)).status, { timeout: 15_000 }).toBe(401);
      expect((await get("/private", await signIn())).status).toBe(200);
    });
  });
}
