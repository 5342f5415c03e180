import { deepStrictEqual as expectEqual, match } from "node:assert";
import { Redis } from "ioredis";
import type { RedisServer } from "../../tools/redis-server.ts";
import { commandsOf } from "../support/commandstats.ts";
import { forged } from "../support/forged.ts";
import { runChecks } from "./checks.ts";
import { type Answer, PlainBrowser } from "./next-browser.ts";
import type { SuiteResult } from "./programs/suites.ts";

const ADA = { name: "Ada", password: "open sesame" };
const EVIL = { Origin: "https://evil.example" };

/** Uses examples/next as browsers and API clients do. */
export async function checkNext(origin: string, redis: RedisServer): Promise<SuiteResult> {
  const admin = new Redis(redis.url);
  try {
    return await runChecks("docs", checksOf(origin, redis, admin));
  } finally {
    admin.disconnect();
  }
}

function checksOf(origin: string, redis: RedisServer, admin: Redis): Record<string, () => Promise<void>> {
  async function signedIn(host?: string): Promise<PlainBrowser> {
    const browser = new PlainBrowser(origin, host);
    expectRedirect(await browser.submit("/login", "Sign in", ADA), 303, "/account");
    return browser;
  }
  const notes = (browser: PlainBrowser, headers: Record<string, string>) =>
    browser.open("/notes", { method: "POST", headers });

  return {
    async "the optimistic check sends strangers and forgers to the sign-in page, without Redis"() {
      const stranger = new PlainBrowser(origin);
      const forger = await signedIn();
      forger.cookie = forged(forger.cookie);
      redis.freeze();
      try {
        for (const browser of [stranger, forger])
          for (const path of ["/account", "/account/prerendered"])
            expectRedirect(await browser.open(path), 307, "/login");
      } finally {
        redis.thaw();
      }
      const commands = await commandsOf(admin, () => stranger.open("/account"));
      expectEqual(commands, {});
    },
    async "a wrong password signs nobody in"() {
      const browser = new PlainBrowser(origin);
      expectRedirect(
        await browser.submit("/login", "Sign in", { ...ADA, password: "" }),
        303,
        "/login?wrong",
      );
      expectEqual(browser.cookie, "");
    },
    ...Object.fromEntries(
      [undefined, "app.example"].map((host) => [
        `Server Actions sign in and out${host === undefined ? "" : ", behind a proxy that terminates TLS"}`,
        async () => {
          const browser = await signedIn(host);
          const { cookie } = browser;
          const page = await browser.open("/account", { headers: { "Sec-Fetch-Site": "cross-site" } });
          expectEqual([page.status, page.text.includes("Ada")], [200, true]);
          match(`${page.headers["cache-control"]}`, /no-store/);
          expectEqual((await notes(browser, { Origin: browser.site })).status, 200);
          const left = await browser.submit("/account", "Sign out");
          expectRedirect(left, 303, "/login");
          expectCookie(left, /^__Host-rwt=; /, /; Max-Age=0;/);
          browser.cookie = cookie;
          // Genuine, so it passes the optimistic check; the page finds out that it has ended.
          expectEqual((await browser.open("/account/prerendered")).status, 200);
          expectRedirect(await browser.open("/account"), 307, "/login");
        },
      ]),
    ),
    async "the cookie is out of reach of scripts and other hosts"() {
      expectCookie(
        await new PlainBrowser(origin).submit("/login", "Sign in", ADA),
        /^__Host-rwt=rwt_[\w-]{76}; /,
        /; Max-Age=2592000;/,
      );
    },
    async "an action of another site's page does nothing"() {
      const browser = await signedIn();
      const { cookie } = browser;
      expectEqual((await browser.submit("/account", "Sign out", {}, EVIL)).status, 500);
      expectEqual((await browser.submit("/login", "Sign in", ADA, EVIL)).status, 500);
      expectEqual([browser.cookie, (await browser.open("/account")).status], [cookie, 200]);
    },
    async "a Route Handler refuses as HTTP wants it"() {
      const browser = await signedIn();
      const token = browser.cookie.split("=")[1] ?? "";
      const stranger = new PlainBrowser(origin);
      const me = async (headers: Record<string, string>) =>
        (await stranger.open("/api/me", { headers })).status;
      expectEqual(await me({}), 401);
      expectEqual(await me({ Authorization: `Bearer ${forged(token)}` }), 401);
      expectEqual(await me({ Authorization: "Bearer a b" }), 400);
      expectEqual(await me({ Authorization: `Bearer ${token}` }), 200);
      expectEqual((await notes(browser, EVIL)).status, 403);
      expectEqual((await notes(browser, { ...EVIL, "Sec-Fetch-Site": "cross-site" })).status, 403);
    },
    async "layout and page share one check"() {
      const browser = await signedIn();
      const once = await commandsOf(admin, () => browser.open("/api/me"));
      const twice = await commandsOf(admin, async () => {
        const { text } = await browser.open("/account/twice");
        for (const part of ["layout", "page"]) match(text, new RegExp(`the ${part} knows (<!-- -->)?Ada`));
      });
      expectEqual(twice, once);
    },
    async "rotation replaces the token"() {
      const browser = await signedIn();
      const { cookie } = browser;
      await browser.open("/notes", { method: "PATCH", headers: { Origin: browser.site } });
      expectEqual([browser.cookie === cookie, (await browser.open("/account")).status], [false, 200]);
    },
    async "a confirmed password gives a new token, with the same attributes, and ends the old one"() {
      const browser = await signedIn();
      const { cookie } = browser;
      const confirm = (password: string) => browser.submit("/account", "Confirm password", { password });
      expectRedirect(await confirm("guess"), 303, "/account?wrong");
      expectEqual(browser.cookie, cookie);
      const answer = await confirm(ADA.password);
      expectRedirect(answer, 303, "/account");
      expectCookie(answer, /^__Host-rwt=rwt_[\w-]{76}; /, /; Max-Age=[1-9]\d*;/);
      expectEqual((await browser.open("/account")).status, 200);
      browser.cookie = cookie;
      expectRedirect(await browser.open("/account"), 307, "/login");
    },
    async "signing out everywhere ends the other devices too"() {
      const [desk, phone] = [await signedIn(), await signedIn()];
      const { text } = await desk.open("/account");
      expectEqual(text.match(/\(this device\)<\/li>/g)?.length, 1);
      expectEqual((text.match(/<li>/g)?.length ?? 0) >= 2, true);
      expectRedirect(await desk.submit("/account", "Sign out everywhere"), 303, "/login");
      expectRedirect(await phone.open("/account"), 307, "/login");
    },
    async "Redis out is a 503, or an error page; the session is there when Redis is back"() {
      const browser = await signedIn();
      redis.freeze();
      try {
        const [me, page] = [await browser.open("/api/me"), await browser.open("/account")];
        expectEqual([me.status, me.headers["retry-after"], page.status], [503, "5", 500]);
      } finally {
        redis.thaw();
      }
      for (const path of ["/api/me", "/account"]) expectEqual((await browser.open(path)).status, 200);
    },
  };
}

function expectRedirect({ status, headers }: Answer, wanted: number, path: string): void {
  expectEqual([status, headers.location?.replace(/^https?:\/\/[^/]+/, "")], [wanted, path]);
}

function expectCookie({ headers }: Answer, ...wanted: RegExp[]): void {
  const attributes = [/; Path=\/(;|$)/, /; Secure(;|$)/, /; HttpOnly(;|$)/, /; SameSite=lax(;|$)/i];
  for (const pattern of [...wanted, ...attributes]) match(`${headers["set-cookie"]}`, pattern);
}
