import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { commandsOf } from "../support/commandstats.ts";
import { forged } from "../support/forged.ts";
import { phpHttp, phpHttpMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";
import { ask, type RawAnswer, startPhpServer, startTypeScriptServer } from "./auth-servers.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
const secret = "a secret that all languages share, 32 bytes or more";
const rwt = createRwt({ store: ioredisStore(admin), secret }).with(sessions());
afterAll(() => admin.disconnect());

type Pair = readonly [string, string];
interface Case {
  readonly name: string;
  readonly call?: string;
  readonly method?: string;
  readonly options?: object;
  /** @param token - of a live session, which each server gets one of */
  readonly headers?: (token: string) => readonly Pair[];
  /** Expected of both, so that two servers that fail alike are no success. */
  readonly status: number;
}

const both = { from: ["bearer", "cookie"] };
const cookie = { from: ["cookie"] };
const cookieOf = (token: string): Pair => ["Cookie", `__Host-rwt=${token}`];
const bearerOf = (token: string): Pair => ["Authorization", `Bearer ${token}`];
const post = { call: "others", method: "POST", options: cookie } as const;

const CASES: readonly Case[] = [
  { name: "no token", status: 401 },
  { name: "a live token", headers: (token) => [bearerOf(token)], status: 200 },
  { name: "a forged token", headers: (token) => [bearerOf(forged(token))], status: 401 },
  { name: "garbage", headers: () => [bearerOf("garbage")], status: 401 },
  { name: "another scheme", headers: () => [["Authorization", "Basic YTpi"]], status: 401 },
  { name: "the scheme alone", headers: () => [["Authorization", "bearer"]], status: 400 },
  {
    name: "the scheme in capitals, and blanks",
    headers: (token) => [["Authorization", `BEARER   ${token} `]],
    status: 200,
  },
  { name: "two words", headers: (token) => [["Authorization", `Bearer ${token} x`]], status: 400 },
  {
    name: "a colon behind the scheme",
    headers: (token) => [["Authorization", `Bearer:${token}`]],
    status: 401,
  },
  {
    name: "a scheme that begins so",
    headers: (token) => [["Authorization", `Bearers ${token}`]],
    status: 401,
  },
  {
    name: "a token in two headers",
    options: { from: ["bearer", "header"] },
    headers: (token) => [bearerOf(token), ["X-Access-Token", token]],
    status: 400,
  },
  {
    name: "a header of its own",
    options: { from: ["header"], header: "x-mine" },
    headers: (token) => [["X-Mine", token]],
    status: 200,
  },
  {
    name: "an empty header of its own",
    options: { from: ["header"] },
    headers: () => [["X-Access-Token", ""]],
    status: 401,
  },
  { name: "a realm and no token", options: { realm: "my api" }, status: 401 },
  { name: "optional without a token", options: { optional: true }, status: 200 },
  {
    name: "optional with a forged one",
    options: { optional: true },
    headers: (token) => [bearerOf(forged(token))],
    status: 200,
  },
  {
    name: "optional with the scheme alone",
    options: { optional: true },
    headers: () => [["Authorization", "Bearer"]],
    status: 400,
  },

  { name: "a cookie", options: cookie, headers: (token) => [cookieOf(token)], status: 200 },
  { name: "a dead cookie", options: cookie, headers: (token) => [cookieOf(forged(token))], status: 401 },
  {
    name: "a dead bearer token beside a live cookie",
    options: both,
    headers: (token) => [bearerOf(forged(token)), cookieOf(token)],
    status: 401,
  },
  {
    name: "a live bearer token beside a dead cookie",
    options: both,
    headers: (token) => [bearerOf(token), cookieOf(forged(token))],
    status: 200,
  },
  {
    name: "a cookie among others",
    options: cookie,
    headers: (token) => [["Cookie", `a=b; __Host-rwt = "${token}" ; c=d`]],
    status: 200,
  },
  {
    name: "a cookie behind a forged one",
    options: cookie,
    headers: (token) => [["Cookie", `__Host-rwt=x; __Host-rwt=${token}`]],
    status: 200,
  },
  {
    name: "a cookie behind a name that PHP would take for it",
    options: cookie,
    headers: (token) => [["Cookie", `.._Host-rwt=${token}; __Host.rwt=${token}; %5F_Host-rwt=${token}`]],
    status: 401,
  },
  {
    name: "a cookie behind other white space",
    options: cookie,
    headers: (token) => [["Cookie", `a=b;\u00a0__Host-rwt=${token}`]],
    status: 401,
  },
  {
    name: "a cookie as an array of PHP",
    options: cookie,
    headers: (token) => [["Cookie", `__Host-rwt[]=${token}`]],
    status: 401,
  },
  {
    name: "a cookie with another name",
    options: { ...cookie, cookie: { name: "a.b$" } },
    headers: (token) => [["Cookie", `a.b$=${token}`]],
    status: 200,
  },
  {
    name: "a cookie within another one's value",
    options: cookie,
    headers: (token) => [["Cookie", `a="x, __Host-rwt=${token}"`]],
    status: 401,
  },

  { name: "sign-in", call: "login", method: "POST", options: both, status: 200 },
  { name: "sign-in without a cookie", call: "login", method: "POST", status: 200 },
  {
    name: "sign-in until the browser is closed",
    call: "login?persistent=false",
    method: "POST",
    options: both,
    status: 200,
  },
  {
    name: "sign-in that is kept",
    call: "login?persistent=true",
    method: "POST",
    options: { ...both, cookie: { persistent: false } },
    status: 200,
  },
  {
    name: "sign-in for a domain",
    call: "login",
    method: "POST",
    options: { ...cookie, cookie: { name: "__Secure-rwt", domain: "example.org", path: "/a b" } },
    status: 200,
  },
  {
    name: "sign-in for iframes",
    call: "login",
    method: "POST",
    options: { ...cookie, cookie: { partitioned: true } },
    status: 200,
  },
  {
    name: "sign-in without HTTPS",
    call: "login",
    method: "POST",
    options: { ...cookie, cookie: { name: "rwt", secure: false, sameSite: "Strict" } },
    status: 200,
  },
  {
    name: "sign-in from another site",
    call: "login",
    method: "POST",
    options: cookie,
    headers: () => [["Origin", "https://evil.example"]],
    status: 403,
  },
  {
    name: "sign-out",
    call: "logout",
    method: "POST",
    options: cookie,
    headers: (token) => [cookieOf(token)],
    status: 200,
  },
  {
    name: "sign-out with a dead cookie",
    call: "logout",
    method: "POST",
    options: cookie,
    headers: (token) => [cookieOf(forged(token))],
    status: 200,
  },
  {
    name: "sign-out from another site",
    call: "logout",
    method: "POST",
    options: cookie,
    headers: (token) => [cookieOf(token), ["Sec-Fetch-Site", "cross-site"]],
    status: 403,
  },
  {
    name: "a new token",
    call: "rotate",
    method: "POST",
    options: cookie,
    headers: (token) => [cookieOf(token)],
    status: 200,
  },
  { name: "a new token of none", call: "rotate", method: "POST", options: cookie, status: 401 },
  {
    name: "a new token where none is needed",
    call: "rotate",
    method: "POST",
    options: { ...cookie, optional: true },
    status: 401,
  },
  {
    name: "the list of sessions",
    call: "list",
    options: cookie,
    headers: (token) => [cookieOf(token)],
    status: 200,
  },
  { name: "no list without a session", call: "list", options: cookie, status: 401 },
  { name: "signing out everywhere else", ...post, headers: (token) => [cookieOf(token)], status: 200 },

  ...(
    [
      ["its own page", "http://HOST", "same-origin", 200],
      ["its own page over HTTPS at another port", "https://127.0.0.1:1", undefined, 403],
      ["another site", "https://evil.example", "cross-site", 403],
      ["another site in an old browser", "https://evil.example", undefined, 403],
      ["another host of the site", undefined, "same-site", 403],
      ["a bookmark", undefined, "none", 200],
      ["no browser", undefined, undefined, 200],
      ["a page without a referrer", "null", "same-origin", 200],
      ["a sandboxed page", "null", undefined, 403],
      ["a sandboxed page of another site", "null", "cross-site", 403],
      ["an empty Origin", "", undefined, 403],
      ["a made-up Sec-Fetch-Site", "http://HOST", "Same-Origin", 403],
      ["an Origin of two", "http://HOST, https://evil.example", undefined, 403],
      ["an Origin with a path", "http://HOST/", undefined, 403],
      ["an Origin with a user", "http://HOST@evil.example", undefined, 403],
      ["an Origin in capitals", "HTTP://HOST", undefined, 200],
      ["an allowed origin", "https://app.example.org", "cross-site", 200],
      ["an allowed origin with its default port", "https://app.example.org:443", "cross-site", 200],
      ["an allowed origin with a dot", "https://APP.example.org.", "cross-site", 200],
      ["an allowed origin at another port", "https://app.example.org:444", "cross-site", 403],
      ["an allowed origin over HTTP", "http://app.example.org", "cross-site", 403],
      ["an app", "capacitor://localhost", "cross-site", 200],
      ["Electron", "app://.", "cross-site", 200],
      ["an address of IPv6", "http://[0:0::1]:80", "cross-site", 200],
      ["an international name", "https://xn--rckruf-3ya.example", "cross-site", 200],
    ] as const
  ).map(
    ([name, origin, site, status]): Case => ({
      name: `POST by ${name}`,
      ...post,
      options: {
        ...cookie,
        csrf: {
          origins: [
            "https://app.example.org",
            "capacitor://localhost",
            "app://.",
            "http://[::1]",
            "https://Rückruf.example",
          ],
        },
      },
      headers: (token) => [
        cookieOf(token),
        ...(origin === undefined ? [] : [["Origin", origin] as const]),
        ...(site === undefined ? [] : [["Sec-Fetch-Site", site] as const]),
      ],
      status,
    }),
  ),
  {
    name: "POST by another site with a bearer token",
    ...post,
    options: both,
    headers: (token) => [bearerOf(token), ["Origin", "https://evil.example"]],
    status: 200,
  },
  {
    name: "POST by another site, the check being off",
    ...post,
    options: { ...cookie, csrf: false },
    headers: (token) => [cookieOf(token), ["Origin", "https://evil.example"]],
    status: 200,
  },
  {
    name: "DELETE by another site",
    ...post,
    method: "DELETE",
    headers: (token) => [cookieOf(token), ["Origin", "https://evil.example"]],
    status: 403,
  },
  {
    name: "GET by another site",
    call: "me",
    options: cookie,
    headers: (token) => [cookieOf(token), ["Origin", "https://evil.example"]],
    status: 200,
  },
  {
    name: "GET by another site that opens a WebSocket",
    call: "me",
    options: cookie,
    headers: (token) => [cookieOf(token), ["Origin", "https://evil.example"], ["Upgrade", "WebSocket"]],
    status: 403,
  },
  {
    name: "a WebSocket of another site whose header is hidden",
    call: "socket",
    options: cookie,
    headers: (token) => [cookieOf(token), ["Origin", "https://evil.example"]],
    status: 403,
  },
  {
    name: "a WebSocket of its own page",
    call: "socket",
    options: cookie,
    headers: (token) => [cookieOf(token), ["Origin", "http://HOST"]],
    status: 200,
  },
  {
    name: "a callback of any page",
    ...post,
    call: "r%C3%BCckruf",
    options: { ...cookie, csrf: { paths: ["/VIA/rückruf"] } },
    headers: (token) => [cookieOf(token), ["Origin", "https://evil.example"]],
    status: 200,
  },
  {
    name: "a callback with a query",
    ...post,
    call: "back?code=1",
    options: { ...cookie, csrf: { paths: ["/VIA/back"] } },
    headers: (token) => [cookieOf(token), ["Origin", "https://evil.example"]],
    status: 200,
  },
  {
    name: "a path below the callback",
    ...post,
    call: "back/more",
    options: { ...cookie, csrf: { paths: ["/VIA/back"] } },
    headers: (token) => [cookieOf(token), ["Origin", "https://evil.example"]],
    status: 403,
  },
];

/** What differs from one session to the next. */
const normal = (answer: RawAnswer): RawAnswer => {
  const text = JSON.stringify(answer)
    .replace(/rwt_[\w-]{76}/g, "rwt_…")
    .replace(/Max-Age=2591\d{3}/g, "Max-Age=2592000");
  return JSON.parse(text);
};

/**
 * Symfony writes some headers in its own way: another order and case of a cookie's attributes, and `Expires` beside `Max-Age`. Versions
 * before 6.4 don't know `Partitioned`.
 */
const ofSymfony = ({ status, body, headers }: RawAnswer): object => ({
  status,
  body,
  headers: headers
    .filter(([name]) => name !== "cache-control")
    .map(([name, value]) => {
      if (name !== "set-cookie") return [name, value];
      const attributes = value.toLowerCase().replace("=deleted;", "=;").replaceAll("%20", " ").split("; ");
      return [name, attributes.filter((each) => !/^(expires=|partitioned$)/.test(each)).sort()];
    }),
  isStored: !headers.some(([name, value]) => name === "cache-control" && value.includes("no-store")),
});

describe.skipIf(phpHttp === undefined)(`PHP answers over HTTP as requestAuth does${phpHttpMissing}`, () => {
  let [typescript, php] = [0, 0];
  beforeAll(async () => {
    const script = join(root, "interop/php/tests/server.php");
    const env = { RWT_SECRET: secret, REDIS_PORT: String(redis.port) };
    [typescript, php] = await Promise.all([
      startTypeScriptServer(rwt),
      startPhpServer(phpHttp ?? "", script, env),
    ]);
  });

  async function answerOf(
    port: number,
    via: string,
    { call = "me", method = "GET", options = {}, headers }: Case,
  ) {
    await admin.flushall();
    const token = await rwt.sign({ name: "Ada" }, { subject: "42" });
    const fill = (text: string) => text.replaceAll("HOST", `127.0.0.1:${port}`).replaceAll("VIA", via);
    const given = (headers?.(token) ?? []).map(
      ([name, value]): Pair => [name, name === "Cookie" ? value : fill(value)],
    );
    const asked = JSON.stringify(options).replace(
      /[^\0-\x7f]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    return normal(await ask(port, method, `/${via}/${call}`, [["X-Test-Options", fill(asked)], ...given]));
  }

  describe.each(["psr7", "plain"])("%s", (via) => {
    test.each(CASES)("$name", async (each) => {
      const expected = await answerOf(typescript, via, each);
      expect(expected.status, expected.body).toBe(each.status);
      expect(await answerOf(php, via, each)).toEqual(expected);
    });
  });

  test.each(CASES)("symfony: $name", async (each) => {
    const expected = await answerOf(typescript, "symfony", each);
    expect(ofSymfony(await answerOf(php, "symfony", each))).toEqual(ofSymfony(expected));
  });

  test.each(CASES.filter(({ call }) => call === undefined))(
    "the middleware of PSR-15: $name",
    async (each) => {
      const asked = { ...each, call: "middleware" };
      const expected = await answerOf(typescript, "psr7", asked);
      expect(expected.status).toBe(each.status);
      // Dropping a dead cookie is up to the app.
      const headers = expected.headers.filter(([name]) => name !== "set-cookie");
      expect(await answerOf(php, "psr7", asked)).toEqual({ ...expected, headers });
    },
  );

  test("one command checks a token, and none a forged one or a request of another site", async () => {
    const token = await rwt.sign(1, { subject: "42" });
    const options: Pair = ["X-Test-Options", JSON.stringify({ from: ["bearer", "cookie"] })];
    const me = (method: string, ...headers: Pair[]) =>
      ask(php, method, "/psr7/middleware", [options, ...headers]);
    expect(await commandsOf(admin, () => me("GET", bearerOf(token)))).toEqual({ mget: 1 });
    expect(await commandsOf(admin, () => me("GET", cookieOf(token)))).toEqual({ mget: 1 });
    const forgery = forged(token);
    const cookies = Array.from({ length: 50 }, () => `__Host-rwt=${forgery}`).join("; ");
    const sent = await commandsOf(admin, async () => {
      await me("GET", bearerOf(forgery));
      await me("GET", ["Cookie", cookies]);
      await me("POST", cookieOf(token), ["Origin", "https://evil.example"]);
      await me("GET");
    });
    expect(sent).toEqual({});
  });

  test("while Redis is out, both answer 503, and a sign-out clears the cookie", async () => {
    const own = await ownRedis();
    const store = ioredisStore(own.url, { timeout: 500 });
    const out = createRwt({ store, secret }).with(sessions());
    const script = join(root, "interop/php/tests/server.php");
    const env = { RWT_SECRET: secret, REDIS_PORT: String(own.port) };
    const ports = [
      await startTypeScriptServer(out),
      await startPhpServer(phpHttp ?? "", script, env),
    ] as const;
    const token = await out.sign(1, { subject: "42" });
    await own.stop();
    const options: Pair = ["X-Test-Options", JSON.stringify({ ...both, retryAfter: 7 })];
    const asked = [
      ["GET", "me"],
      ["POST", "login"],
      ["POST", "logout"],
      ["POST", "rotate"],
      ["GET", "list"],
      ["POST", "others"],
    ] as const;
    for (const [method, call] of asked) {
      for (const via of ["psr7", "plain"]) {
        const headers = [options, call === "login" ? bearerOf(forged(token)) : cookieOf(token)];
        const [expected, answer] = await Promise.all(
          ports.map((port) => ask(port, method, `/${via}/${call}`, headers)),
        );
        expect(expected?.status).toBe(503);
        expect(answer).toEqual(expected);
      }
    }
    const [cleared] = (
      await ask(ports[1], "POST", "/psr7/logout", [options, cookieOf(token)])
    ).headers.filter(([name]) => name === "set-cookie");
    expect(cleared?.[1]).toContain("Max-Age=0");
    await store.disconnect();
  });
});
