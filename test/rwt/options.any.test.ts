import { describe, expect, test } from "vitest";
import { type RwtAuthOptions, rwtAuth } from "../../src/hono/index.ts";
import { createRwt, OptionRangeError, OptionTypeError } from "../../src/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { upstashStore } from "../../src/stores/upstash.ts";

const secret = "S3CRET-that-no-message-may-show-anywhere";
const token = `rwt_${"T0KEN-x_0123456789x".repeat(4)}`;
const store = memoryStore();
const good = { store, secret };
const rwt = createRwt(good);

const create = (options: unknown) => () => createRwt(options as never);
const withOptions = (options: object) => create({ ...good, ...options });
const withClock = (now: () => number) => createRwt({ ...good, now });
const sign = (options: unknown) => () => rwt.sign(1, options as never);
const auth = (options: object) => () => rwtAuth({ rwt, ...options } as RwtAuthOptions);
const cookie = (cookie: unknown) => auth({ cookie });
const TYPE = "ERR_RWT_OPTION_TYPE";
const RANGE = "ERR_RWT_OPTION_RANGE";
const UNKNOWN = "ERR_RWT_OPTION_UNKNOWN";

/** The call, the option that the error names, the code, and the allowed values in the message. */
const cases: [string, () => unknown, string, string, RegExp][] = [
  ["no options", create(undefined), "options", TYPE, /an object, not undefined/],
  ["null for options", create(null), "options", TYPE, /an object, not null/],
  ["an array for options", create([good]), "options", TYPE, /an object, not array/],
  ["an unknown option", withOptions({ expires: 60 }), "expires", UNKNOWN, /known: .*expire/],
  ["no store", create({ secret }), "store", TYPE, /a store, such as.*not undefined/],
  ["a store's name", withOptions({ store: "memory" }), "store", TYPE, /a store, such as.*not string/],
  [
    "a store that lacks a method",
    withOptions({ store: { ...store, check: 1 } }),
    "store",
    TYPE,
    /a store, such as/,
  ],
  [
    "a promise of a store",
    withOptions({ store: Promise.resolve(store) }),
    "store",
    TYPE,
    /a promise: await it$/,
  ],
  ["a promise of options", create(Promise.resolve(good)), "options", TYPE, /a promise: await it$/],
  [
    "no secret",
    create({ store }),
    "secret",
    TYPE,
    /^secret must be 32 bytes or more \(is RWT_SECRET set\? On Workers the function gets the context\), not undefined$/,
  ],
  ["a number for secret", withOptions({ secret: 42 }), "secret", TYPE, /text, a Uint8Array/],
  [
    "an empty secret",
    withOptions({ secret: "" }),
    "secret",
    RANGE,
    /^secret must be 32 bytes or more \(is RWT_SECRET set\?/,
  ],
  ["a short secret", withOptions({ secret: secret.slice(0, 31) }), "secret", RANGE, /at least 32 bytes/],
  ["short secret bytes", withOptions({ secret: new Uint8Array(31) }), "secret", RANGE, /at least 32 bytes/],
  ["an ArrayBuffer", withOptions({ secret: new ArrayBuffer(32) }), "secret", TYPE, /Uint8Array/],
  ["no secret in the ring", withOptions({ secret: [] }), "secret", RANGE, /must not be empty/],
  ["a short secret in the ring", withOptions({ secret: [secret, "short"] }), "secret", RANGE, /at least 32/],
  ["a hole in the ring", withOptions({ secret: [secret, undefined] }), "secret", TYPE, /newest first/],
  ["a lone surrogate", withOptions({ secret: `${secret}\ud800` }), "secret", RANGE, /well-formed/],
  ["text for expire", withOptions({ expire: "3600" }), "expire", TYPE, /seconds.*not string/],
  ["null for expire", withOptions({ expire: null }), "expire", TYPE, /seconds.*not null/],
  ["expire of 0", withOptions({ expire: 0 }), "expire", RANGE, /from 1 to 4294967295, not 0/],
  ["negative expire", withOptions({ expire: -1 }), "expire", RANGE, /not -1/],
  ["half a second", withOptions({ expire: 0.5 }), "expire", RANGE, /whole number/],
  ["NaN for expire", withOptions({ expire: Number.NaN }), "expire", RANGE, /not NaN/],
  ["endless expire", withOptions({ expire: Number.POSITIVE_INFINITY }), "expire", RANGE, /not Infinity/],
  [
    "expire of 2^32",
    withOptions({ expire: 2 ** 32, maxLifetime: 2 ** 32 - 1 }),
    "expire",
    RANGE,
    /4294967295/,
  ],
  ["a Date for expire", withOptions({ expire: new Date() }), "expire", TYPE, /not object/],
  [
    "expire over maxLifetime",
    withOptions({ expire: 61, maxLifetime: 60 }),
    "expire",
    RANGE,
    /maxLifetime, 60/,
  ],
  ["maxLifetime of 0", withOptions({ maxLifetime: 0 }), "maxLifetime", RANGE, /from 1/],
  ["text for maxLifetime", withOptions({ maxLifetime: "1d" }), "maxLifetime", TYPE, /seconds/],
  ["maxLifetime of 2^32", withOptions({ maxLifetime: 2 ** 32 }), "maxLifetime", RANGE, /4294967295/],
  [
    "1 for verifyExtendsToken",
    withOptions({ verifyExtendsToken: 1 }),
    "verifyExtendsToken",
    TYPE,
    /true or false/,
  ],
  [
    "text for verifyExtendsToken",
    withOptions({ verifyExtendsToken: "no" }),
    "verifyExtendsToken",
    TYPE,
    /true or/,
  ],
  ["a number for prefix", withOptions({ prefix: 1 }), "prefix", TYPE, /text, not number/],
  ["braces in prefix", withOptions({ prefix: "{app}:" }), "prefix", RANGE, /no { or }/],
  ["a lone surrogate in prefix", withOptions({ prefix: "\udc00" }), "prefix", RANGE, /well-formed/],
  ["a secret in the place of a name", withOptions({ [secret]: 1 }), "…", UNKNOWN, /known: /],
  ["a time for now", withOptions({ now: 1_000 }), "now", TYPE, /a function, not number/],

  ["null for sign's options", sign(null), "sign's options", TYPE, /an object, not null/],
  ["a signal for sign's options", sign(AbortSignal.abort()), "sign's options", TYPE, /such as \{ signal \}/],
  ["a clock of milliseconds", () => withClock(() => Date.now()).sign(1), "now", RANGE, /Unix seconds/],
  ["a clock that gives NaN", () => withClock(() => Number.NaN).sign(1), "now", RANGE, /Unix seconds/],
  ["a clock before 1970", () => withClock(() => -1).sign(1), "now", RANGE, /Unix seconds/],
  ["a number for sign's options", sign(600), "sign's options", TYPE, /an object, not number/],
  [
    "an unknown option of sign",
    sign({ ttl: 60 }),
    "ttl",
    UNKNOWN,
    /known: expire, maxLifetime, subject, meta/,
  ],
  ["expire of sign, text", sign({ expire: "60" }), "expire", TYPE, /seconds/],
  ["expire of sign, 0", sign({ expire: 0 }), "expire", RANGE, /from 1/],
  ["expire of sign over maxLifetime", sign({ expire: 2_592_001 }), "expire", RANGE, /maxLifetime/],
  ["a number for subject", sign({ subject: 42 }), "subject", TYPE, /text, not number/],
  ["an empty subject", sign({ subject: "" }), "subject", RANGE, /leave it out/],
  ["a lone surrogate in subject", sign({ subject: "a\ud800" }), "subject", RANGE, /well-formed/],
  ["text for meta", sign({ meta: "iPad" }), "meta", TYPE, /JSON object, not string/],
  ["an array for meta", sign({ meta: [] }), "meta", TYPE, /JSON object, not array/],
  ["a signal that is none", sign({ signal: {} }), "signal", TYPE, /AbortSignal/],
  [
    "an AbortController",
    () => rwt.verify(token, { signal: new AbortController() as never }),
    "signal",
    TYPE,
    /Abort/,
  ],
  ["null for a signal", () => rwt.destroy(token, { signal: null as never }), "signal", TYPE, /AbortSignal/],
  [
    "an unknown option of verify",
    () => rwt.verify(token, { extend: true } as never),
    "extend",
    UNKNOWN,
    /signal/,
  ],
  ["expire of extend, 0", () => rwt.extend(token, { expire: 0 }), "expire", RANGE, /from 1/],
  [
    "a number for extend's options",
    () => rwt.extend(token, 60 as never),
    "extend's options",
    TYPE,
    /an object/,
  ],

  ["maxEntries of 0", () => memoryStore({ maxEntries: 0 }), "maxEntries", RANGE, /entries from 3/],
  ["memoryStore's typing error", () => memoryStore({ max: 1 } as never), "max", UNKNOWN, /maxEntries/],
  ["a clock that is none", () => memoryStore({ now: 0 as never }), "now", TYPE, /a function/],
  [
    "no URL",
    () => upstashStore({ url: undefined as never, token }),
    "url",
    TYPE,
    /is UPSTASH_REDIS_REST_URL set\?.*, not undefined/,
  ],
  ["no scheme", () => upstashStore({ url: "db.upstash.io", token }), "url", RANGE, /https/],
  ["redis:// over HTTP", () => upstashStore({ url: "redis://db.upstash.io", token }), "url", RANGE, /https/],
  [
    "white space in the URL",
    () => upstashStore({ url: "https://x.io\n", token }),
    "url",
    RANGE,
    /white space/,
  ],
  [
    "no REST token",
    () => upstashStore({ url: "https://x.io", token: undefined as never }),
    "token",
    TYPE,
    /is UPSTASH_REDIS_REST_TOKEN set\?/,
  ],
  [
    "an empty REST token",
    () => upstashStore({ url: "https://x.io", token: "" }),
    "token",
    RANGE,
    /TOKEN set\?/,
  ],
  [
    "a line break",
    () => upstashStore({ url: "https://x.io", token: `${token}\n` }),
    "token",
    RANGE,
    /white space/,
  ],
  [
    "timeout of 0",
    () => redisStore({ send: async () => null, close: async () => {} }, { timeout: 0 }),
    "timeout",
    RANGE,
    /milliseconds from 1/,
  ],
  [
    "a timeout that setTimeout can't hold",
    () => upstashStore({ url: "https://x.io", token }, { timeout: 2 ** 31 }),
    "timeout",
    RANGE,
    /2147483647/,
  ],

  ["no service", () => rwtAuth({} as never), "rwt", TYPE, /createRwt/],
  ["a carrier's name alone", auth({ from: "cookie" }), "from", TYPE, /array/],
  ["no object for csrf", auth({ csrf: true }), "csrf", TYPE, /an object/],
  [
    "a single origin instead of a list for csrf.origins",
    auth({ csrf: { origins: "https://a.org" } }),
    "csrf.origins",
    TYPE,
    /array/,
  ],
  [
    "an origin with a path",
    auth({ csrf: { origins: ["https://a.org/"] } }),
    "csrf.origins",
    RANGE,
    /origins/,
  ],
  ["an unknown option of csrf", auth({ csrf: { origin: [] } }), "origin", UNKNOWN, /known: origins/],
  ["no carrier", auth({ from: [] }), "from", RANGE, /not be empty/],
  ["an unknown carrier", auth({ from: ["query"] }), "from", RANGE, /be bearer, cookie or header/],
  ["a header's name with a space", auth({ header: "x token" }), "header", RANGE, /of your own/],
  ["Authorization as the custom header", auth({ header: "Authorization" }), "header", RANGE, /of your own/],
  ["Cookie as a header of one's own", auth({ header: "cookie" }), "header", RANGE, /of your own/],
  ["a realm with quotes", auth({ realm: 'a"b' }), "realm", RANGE, /without quotes/],
  ["text for optional", auth({ optional: "yes" }), "optional", TYPE, /true or false/],
  ["verify, for which there is rwtCarrier", auth({ verify: false }), "verify", UNKNOWN, /known: rwt/],
  ["retryAfter of 0", auth({ retryAfter: 0 }), "retryAfter", RANGE, /seconds from 1/],
  ["an answer for onFailure", auth({ onFailure: new Response() }), "onFailure", TYPE, /a function/],
  ["the service itself", () => rwtAuth(rwt as never), "rwtAuth's options", TYPE, /such as \{ rwt \}/],
  ["an unknown option of rwtAuth", auth({ secret }), "secret", UNKNOWN, /known: rwt/],
  [
    "a cookie that isn't read",
    auth({ cookie: { name: "s" } }),
    "from",
    RANGE,
    /name "cookie" if the option cookie/,
  ],
  [
    "a header that isn't read",
    auth({ header: "x-token" }),
    "from",
    RANGE,
    /name "header" if the option header/,
  ],
  ["a cookie's name alone", cookie("sid"), "cookie", TYPE, /an object/],
  ["a cookie's name with a space", cookie({ name: "a b" }), "cookie.name", RANGE, /RFC 6265/],
  ["__Host- with a domain", cookie({ domain: "example.org" }), "cookie.name", RANGE, /use __Secure-rwt/],
  ["__Host- without secure", cookie({ secure: false }), "cookie.name", RANGE, /use __Secure-rwt/],
  ["sameSite in lower case", cookie({ sameSite: "lax" }), "cookie.sameSite", RANGE, /be Strict, Lax or None/],
  [
    "SameSite=None without secure",
    cookie({ name: "s", secure: false, sameSite: "None" }),
    "cookie.secure",
    RANGE,
    /true/,
  ],
  [
    "__host- without secure",
    cookie({ name: "__host-s", secure: false }),
    "cookie.name",
    RANGE,
    /use __Secure-rwt/,
  ],
  ["a path that isn't one", cookie({ name: "s", path: "private" }), "cookie.path", RANGE, /begin with/],
  [
    "a URL for a domain",
    cookie({ name: "s", domain: "https://a.org/" }),
    "cookie.domain",
    RANGE,
    /host name/,
  ],
  ["null for a domain", cookie({ name: "s", domain: null }), "cookie.domain", TYPE, /text, not null/],
  ["__Host- with a path", cookie({ path: "/app" }), "cookie.name", RANGE, /use __Secure-rwt/],
  ["__secure- without secure", cookie({ name: "__secure-s", secure: false }), "cookie.secure", RANGE, /true/],
  ["__Secure- without secure", cookie({ name: "__Secure-s", secure: false }), "cookie.secure", RANGE, /true/],
  ["1 for secure", cookie({ name: "s", secure: 1 }), "cookie.secure", TYPE, /true or false/],
  ["text for persistent", cookie({ persistent: "no" }), "cookie.persistent", TYPE, /true or false/],
  ["a semicolon in the domain", cookie({ name: "s", domain: "a;b" }), "cookie.domain", RANGE, /host name/],
  ["a semicolon in the path", cookie({ name: "s", path: "/;x" }), "cookie.path", RANGE, /without ;/],
  ["a cookie's HttpOnly", cookie({ httpOnly: false }), "httpOnly", UNKNOWN, /known: name/],
];

describe("bad options and arguments", () => {
  test.each(cases)("%s", async (_, call, option, code, allowed) => {
    const error = await Promise.resolve()
      .then(call)
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(code === RANGE ? OptionRangeError : OptionTypeError);
    expect(error).toBeInstanceOf(code === RANGE ? RangeError : TypeError);
    expect(error).toMatchObject({ code, option });
    const { message } = error as Error;
    expect(message).toMatch(allowed);
    expect(message).toContain(option);
    for (const hidden of [secret, secret.slice(0, 31), "short", token]) {
      expect(option).not.toContain(hidden);
      if (message.includes(hidden)) expect.fail(`the message shows a value: ${message}`);
    }
  });

  test("don't change the caller's options", () => {
    const options = Object.freeze({ ...good, secret: Object.freeze([secret]) as string[], expire: 60 });
    createRwt(options);
    expect(options).toEqual({ ...good, secret: [secret], expire: 60 });
  });

  test("undefined counts as omitted, as for a variable that isn't set", () => {
    const rwt = createRwt({
      ...good,
      expire: undefined,
      maxLifetime: undefined,
      prefix: undefined,
      now: undefined,
    });
    expect(rwt.expire).toBe(3600);
    expect(rwt.maxLifetime).toBe(2_592_000);
    expect(rwt.verifyExtendsToken).toBe(false);
  });

  test("a shorter maxLifetime reduces the default expire", () => {
    expect(createRwt({ ...good, maxLifetime: 60 }).expire).toBe(60);
  });

  test("a secret's length is counted in bytes", () => {
    expect(() => createRwt({ store, secret: "é".repeat(16) })).not.toThrow();
    expect(() => createRwt({ store, secret: "é".repeat(15) })).toThrow(OptionRangeError);
  });

  test("a service is frozen, so that code that shares it can't change it", () => {
    expect(Object.isFrozen(rwt)).toBe(true);
  });

  test("a secret's bytes are copied: the caller may wipe them afterwards", async () => {
    const bytes = new TextEncoder().encode(secret);
    const rwt = createRwt({ store, secret: bytes });
    bytes.fill(0);
    expect((await createRwt(good).verify(await rwt.sign(1)))?.data).toBe(1);
  });
});
