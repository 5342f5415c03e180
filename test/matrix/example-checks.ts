import { deepStrictEqual as expectEqual, match, ok } from "node:assert";
import type { RedisServer } from "../../tools/redis-server.ts";
import { forged } from "../support/forged.ts";
import { runChecks } from "./checks.ts";
import type { SuiteResult } from "./programs/suites.ts";

/** Where an example has its pages, and how it differs from the others. */
export interface Routes {
  /** Takes the form with `name` and `password`. */
  readonly signIn: string;
  readonly password: string;
  readonly signOut: string;
  readonly signOutEverywhere: string;
  /** Takes a form with `password`, and rotates the session. */
  readonly confirm: string;
  /** Shows the user's name. Strangers get 401, or are sent to the page that signs them in. */
  readonly private: string;
  /** Lists the devices, of which one is "this device" or "this one". */
  readonly devices: string;
  /** The scheme of the address that browsers see: "https" behind a proxy that terminates TLS. */
  readonly scheme: "http" | "https";
  /** Whether a page answers an outage with `Retry-After`. */
  readonly retryAfter: boolean;
}

/** Uses an example over HTTP as a browser does. */
export function checkExample(origin: string, routes: Routes, redis: RedisServer): Promise<SuiteResult> {
  const site = origin.replace("http:", `${routes.scheme}:`);
  const own = { Origin: site, "Sec-Fetch-Site": "same-origin", "X-Forwarded-Proto": routes.scheme };
  const other = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };

  const open = (path: string, cookie = "", headers: Record<string, string> = {}) =>
    fetch(`${origin}${path}`, {
      headers: { Cookie: cookie, Accept: "text/html", ...headers },
      redirect: "manual",
    });
  const post = (
    path: string,
    cookie = "",
    form: Record<string, string> = {},
    headers: Record<string, string> = own,
  ) =>
    fetch(`${origin}${path}`, {
      method: "POST",
      body: new URLSearchParams(form),
      headers: { Cookie: cookie, Accept: "text/html", ...headers },
      redirect: "manual",
    });
  const sessionCookie = (answer: Response) =>
    answer.headers.getSetCookie().find((line) => line.startsWith("__Host-rwt=")) ?? "";

  const ada = { name: "Ada", password: routes.password };
  async function signIn(name = "Ada"): Promise<string> {
    const answer = await post(routes.signIn, "", { name, password: routes.password });
    ok([302, 303].includes(answer.status), `signing in answers ${answer.status}`);
    return sessionCookie(answer).split(";")[0] ?? "";
  }
  async function isIn(cookie: string, name = "Ada"): Promise<boolean> {
    const answer = await open(routes.private, cookie);
    const text = await answer.text();
    if (answer.status === 200 && text.includes(name)) return true;
    ok([302, 303, 307, 401].includes(answer.status), `${routes.private} answers ${answer.status}`);
    return false;
  }

  return runChecks("example", {
    async "a user signs in, reads and signs out"() {
      expectEqual(await isIn(""), false);
      const cookie = await signIn();
      expectEqual(await isIn(cookie), true);
      match(`${(await open(routes.private, cookie)).headers.get("Cache-Control")}`, /no-store/);
      match(sessionCookie(await post(routes.signOut, cookie)), /^__Host-rwt=; .*Max-Age=0/);
      expectEqual(await isIn(cookie), false);
    },
    async "the cookie is out of reach of scripts and other hosts"() {
      const cookie = sessionCookie(await post(routes.signIn, "", ada));
      const wanted = [
        /^__Host-rwt=rwt_[\w-]{76};/,
        /; Max-Age=\d+/,
        /; Path=\/(;|$)/,
        /; HttpOnly/,
        /; Secure/,
        /; SameSite=Lax/i,
      ];
      for (const pattern of wanted) match(cookie, pattern);
      ok(!/domain/i.test(cookie), cookie);
    },
    async "a wrong password sets no cookie"() {
      expectEqual(sessionCookie(await post(routes.signIn, "", { name: "Ada", password: "guess" })), "");
    },
    async "another site can link to a page, and can't post a form"() {
      const cookie = await signIn();
      expectEqual((await open(routes.private, cookie, { "Sec-Fetch-Site": "cross-site" })).status, 200);
      const form = { name: "Eve", password: routes.password };
      const refused = await post(routes.signIn, "", form, other);
      expectEqual([refused.status, sessionCookie(refused)], [403, ""]);
      for (const path of [routes.signOut, routes.signOutEverywhere, routes.confirm])
        expectEqual((await post(path, cookie, { password: routes.password }, other)).status, 403);
      expectEqual(await isIn(cookie), true);
    },
    async "a forged token lets nobody in"() {
      expectEqual(await isIn(forged(await signIn())), false);
    },
    async "devices are listed, and signing out everywhere ends them all"() {
      const [phone, desk, others] = [await signIn("Bob"), await signIn("Bob"), await signIn("Carol")];
      const list = await (await open(routes.devices, desk)).text();
      expectEqual(list.match(/this (device|one)/g)?.length, 1);
      await post(routes.signOutEverywhere, desk);
      expectEqual(
        [await isIn(phone, "Bob"), await isIn(desk, "Bob"), await isIn(others, "Carol")],
        [false, false, true],
      );
    },
    async "a confirmed password gives a new token, with the same attributes, and ends the old one"() {
      const [other, set] = [await signIn(), await post(routes.signIn, "", ada)];
      const before = sessionCookie(set);
      const [cookie = "", ...attributes] = before.split("; ");
      const wrong = await post(routes.confirm, cookie, { password: "guess" });
      expectEqual([wrong.status < 500, sessionCookie(wrong), await isIn(cookie)], [true, "", true]);
      const after = sessionCookie(await post(routes.confirm, cookie, { password: routes.password }));
      const [fresh = "", ...kept] = after.split("; ");
      match(after, /^__Host-rwt=rwt_/);
      const withoutAge = (all: readonly string[]) => all.filter((one) => !one.startsWith("Max-Age="));
      expectEqual(withoutAge(kept), withoutAge(attributes));
      match(after, /; Max-Age=[1-9]/);
      expectEqual([await isIn(cookie), await isIn(fresh), await isIn(other)], [false, true, true]);
      expectEqual(sessionCookie(await post(routes.confirm, cookie, { password: routes.password })), "");
    },
    async "Redis out is a 503 that touches no cookie, and the session is there afterwards"() {
      const cookie = await signIn();
      redis.freeze();
      try {
        const answer = await open(routes.private, cookie);
        expectEqual([answer.status, sessionCookie(answer)], [503, ""]);
        if (routes.retryAfter) expectEqual(answer.headers.get("Retry-After"), "5");
      } finally {
        redis.thaw();
      }
      expectEqual(await isIn(cookie), true);
    },
  });
}
