import { forged } from "../support/forged.ts";
import { ALLOWED_ORIGINS, ORIGINS } from "./csrf-origins.ts";

export type Pair = readonly [name: string, value: string];

/** A request to two servers in different languages, which have to give the same answer. */
export interface AuthCase {
  readonly name: string;
  /** What both answer, so that two servers that fail alike are no success. */
  readonly status: number;
  readonly method: string;
  /** The part of the path that says what to do, and a query. */
  readonly call: string;
  /** Those of `requestAuth`. */
  readonly options: object;
  /**
   * In values, HOST stands for the server's host. In options, VIA stands for the first part of the path.
   * @param token - of a live session, which each server gets one of
   */
  readonly headers: (token: string) => readonly Pair[];
}

type Headers = AuthCase["headers"];

export const cookieOf = (token: string): Pair => ["Cookie", `__Host-rwt=${token}`];
export const bearerOf = (token: string): Pair => ["Authorization", `Bearer ${token}`];
const authorization =
  (write: (token: string) => string): Headers =>
  (token) => [["Authorization", write(token)]];
const cookies =
  (write: (token: string) => string): Headers =>
  (token) => [["Cookie", write(token)]];
export const live: Headers = (token) => [cookieOf(token)];
export const dead: Headers = (token) => [cookieOf(forged(token))];
/** A live cookie, and more headers. */
const withCookie =
  (...more: Pair[]): Headers =>
  (token) => [cookieOf(token), ...more];
export const EVIL: Pair = ["Origin", "https://evil.example"];

export const COOKIE = { from: ["cookie"] };
const BOTH = { from: ["bearer", "cookie"] };
export const OPTIONAL = { optional: true };

export const none: Headers = () => [];
export const get = (
  name: string,
  status: number,
  headers: Headers = none,
  options: object = {},
): AuthCase => ({
  name,
  status,
  headers,
  options,
  method: "GET",
  call: "me",
});
export const post = (
  call: string,
  name: string,
  status: number,
  headers: Headers = live,
  options: object = COOKIE,
): AuthCase => ({ ...get(name, status, headers, options), method: "POST", call });
const signIn = (name: string, options: object, query = ""): AuthCase =>
  post(`login${query}`, `sign-in ${name}`, 200, none, options);

const TOKENS: readonly AuthCase[] = [
  get("no token", 401),
  get("a live token", 200, (token) => [bearerOf(token)]),
  get("a forged token", 401, (token) => [bearerOf(forged(token))]),
  get("garbage", 401, () => [bearerOf("garbage")]),
  get(
    "another scheme",
    401,
    authorization(() => "Basic YTpi"),
  ),
  get(
    "the scheme alone",
    400,
    authorization(() => "bearer"),
  ),
  get(
    "the scheme in capitals, and blanks",
    200,
    authorization((token) => `BEARER   ${token} `),
  ),
  get(
    "two words",
    400,
    authorization((token) => `Bearer ${token} x`),
  ),
  get(
    "a colon behind the scheme",
    401,
    authorization((token) => `Bearer:${token}`),
  ),
  get(
    "a scheme that begins so",
    401,
    authorization((token) => `Bearers ${token}`),
  ),
  get("a token in two headers", 400, (token) => [bearerOf(token), ["X-Access-Token", token]], {
    from: ["bearer", "header"],
  }),
  get("a header of its own", 200, (token) => [["X-Mine", token]], { from: ["header"], header: "x-mine" }),
  get("an empty header of its own", 401, () => [["X-Access-Token", ""]], { from: ["header"] }),
  get("a realm and no token", 401, none, { realm: "my api" }),
  get("optional without a token", 200, none, OPTIONAL),
  get("optional with a forged one", 200, (token) => [bearerOf(forged(token))], OPTIONAL),
  get(
    "optional with the scheme alone",
    400,
    authorization(() => "Bearer"),
    OPTIONAL,
  ),
];

const COOKIES: readonly AuthCase[] = [
  get("a cookie", 200, live, COOKIE),
  get("a dead cookie", 401, dead, COOKIE),
  get("dead bearer, live cookie", 401, (token) => [bearerOf(forged(token)), cookieOf(token)], BOTH),
  get("live bearer, dead cookie", 200, (token) => [bearerOf(token), cookieOf(forged(token))], BOTH),
  get(
    "a cookie among others",
    200,
    cookies((token) => `a=b; __Host-rwt = "${token}" ; c=d`),
    COOKIE,
  ),
  get(
    "a cookie behind a forged one",
    200,
    cookies((token) => `__Host-rwt=x; __Host-rwt=${token}`),
    COOKIE,
  ),
  get(
    "a name that PHP takes for it",
    401,
    cookies((token) => `.._Host-rwt=${token}; __Host.rwt=${token}`),
    COOKIE,
  ),
  get(
    "an encoded name",
    401,
    cookies((token) => `%5F_Host-rwt=${token}`),
    COOKIE,
  ),
  get(
    "a name behind other white space",
    401,
    cookies((token) => `a=b;\u00a0__Host-rwt=${token}`),
    COOKIE,
  ),
  get(
    "an array of PHP",
    401,
    cookies((token) => `__Host-rwt[]=${token}`),
    COOKIE,
  ),
  get(
    "within another value",
    401,
    cookies((token) => `a="x, __Host-rwt=${token}"`),
    COOKIE,
  ),
  get(
    "another name",
    200,
    cookies((token) => `a.b$=${token}`),
    { ...COOKIE, cookie: { name: "a.b$" } },
  ),
];

const CALLS: readonly AuthCase[] = [
  signIn("with a cookie", BOTH),
  signIn("without a cookie", {}),
  signIn("until the browser is closed", BOTH, "?persistent=false"),
  signIn("that is kept", { ...BOTH, cookie: { persistent: false } }, "?persistent=true"),
  signIn("for a domain", {
    ...COOKIE,
    cookie: { name: "__Secure-rwt", domain: "example.org", path: "/a b" },
  }),
  signIn("for iframes", { ...COOKIE, cookie: { partitioned: true } }),
  signIn("without HTTPS", { ...COOKIE, cookie: { name: "rwt", secure: false, sameSite: "Strict" } }),
  post("login", "sign-in from another site", 403, () => [EVIL]),
  post("logout", "sign-out", 200),
  post("logout", "sign-out with a dead cookie", 200, dead),
  post("logout", "sign-out from another site", 403, withCookie(["Sec-Fetch-Site", "cross-site"])),
  post("rotate", "a new token", 200),
  post("rotate", "a new token of none", 401, none),
  post("rotate", "a new token where none is needed", 401, none, { ...COOKIE, ...OPTIONAL }),
  post("list", "the list of sessions", 200),
  post("list", "no list without a session", 401, none),
  post("others", "signing out everywhere else", 200),
  post("everywhere", "signing out everywhere", 200),
  post("everywhere", "signing out everywhere without a session", 401, dead),
  post("step-up", "a list behind a strict rotation", 200),
  post("signed-out", "a check behind a sign-out", 401),
  post("signed-in", "a check behind a sign-in", 200, none),
];

const ALLOWED = { ...COOKIE, csrf: { origins: ALLOWED_ORIGINS } };

const CSRF: readonly AuthCase[] = [
  ...ORIGINS.map(([name, origin, site, status]) =>
    post(
      "others",
      `POST by ${name}`,
      status,
      withCookie(
        ...(origin === undefined ? [] : [["Origin", origin] as const]),
        ...(site === undefined ? [] : [["Sec-Fetch-Site", site] as const]),
      ),
      ALLOWED,
    ),
  ),
  post("others", "another site with a bearer token", 200, (token) => [bearerOf(token), EVIL], BOTH),
  post("others", "another site, the check being off", 200, withCookie(EVIL), { ...COOKIE, csrf: false }),
  { ...post("others", "DELETE by another site", 403, withCookie(EVIL)), method: "DELETE" },
  get("GET by another site", 200, withCookie(EVIL), COOKIE),
  get("a WebSocket of another site", 403, withCookie(EVIL, ["Upgrade", "WebSocket"]), COOKIE),
  { ...get("a WebSocket that looks like a GET", 403, withCookie(EVIL), COOKIE), call: "socket" },
  {
    ...get("a WebSocket of its own page", 200, withCookie(["Origin", "http://HOST"]), COOKIE),
    call: "socket",
  },
  post("r%C3%BCckruf", "a callback of any page", 200, withCookie(EVIL), {
    ...COOKIE,
    csrf: { paths: ["/VIA/rückruf"] },
  }),
  post("back?code=1", "a callback with a query", 200, withCookie(EVIL), {
    ...COOKIE,
    csrf: { paths: ["/VIA/back"] },
  }),
  post("back/more", "a path below the callback", 403, withCookie(EVIL), {
    ...COOKIE,
    csrf: { paths: ["/VIA/back"] },
  }),
];

export const AUTH_CASES: readonly AuthCase[] = [...TOKENS, ...COOKIES, ...CALLS, ...CSRF];
