import { expect, test } from "vitest";
import { createRwt, type RwtOptions } from "../../src/index.ts";
import { cookiesNamed } from "../../src/request/cookie-header.ts";
import { isCrossSite } from "../../src/request/cross-site.ts";
import { type AuthOptions, requestAuth } from "../../src/request/index.ts";
import { originOf } from "../../src/request/origin.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { describeClients, inPython } from "./clients.ts";

const secret = "a secret that all languages share, 32 bytes or more";
const store = memoryStore();
const rwt = createRwt({ store, secret }).with(sessions());

/** Python's names for what TypeScript's messages name. */
const inPythonsWords = (message: string): string =>
  message
    .replace(/^from\b/, "carriers")
    .replace(/\bexcept\b/, "except_")
    .replaceAll(/([a-z])([A-Z])(?=[a-z]+)/g, (_, before, capital) => `${before}_${capital.toLowerCase()}`)
    .replace("a Uint8Array", "bytes")
    .replace("a token, null or undefined", "a token or null")
    .replace(/ On Workers the function gets the context/, "")
    // Each language has options of its own.
    .replace(/; known: .*/, "");

async function mistake(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code} null ${inPythonsWords(message)}`;
  }
  throw new Error("no mistake");
}

const snake = (options: object): object =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name === "from" ? "carriers" : name.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
      name === "cookie" ? snake(value) : value,
    ]),
  );

describeClients("a mistake", [inPython("sync"), inPython("asyncio")], ({ start }) => {
  const ask = start(1);
  const theirs = async (op: string, ...args: unknown[]): Promise<string> =>
    ask(op, ...args).then(
      () => "no mistake",
      ({ message }: Error) => message.replace(/; known: .*/, ""),
    );

  test.each<object>([
    { expire: "60" },
    { expire: 0 },
    { expire: 1.5 },
    { expire: 2 ** 40 },
    { expire: true },
    { maxLifetime: 50, expire: 51 },
    { maxLifetime: -1 },
    { verifyExtendsToken: 1 },
    { verifyExtendsToken: null },
    { prefix: "{x}" },
    { prefix: 5 },
    { secret: [] },
    { secret: "" },
    { secret: "short" },
    { secret: 5 },
    { secret: ["s".repeat(32), {}] },
    { expires: 60 },
    { "not a name": 60 },
  ])("in createRwt(%j) has the same words", async (options) => {
    const ours = await mistake(() => createRwt({ store, secret, ...options } as unknown as RwtOptions));
    expect(await theirs("create", snake(options))).toBe(ours);
  });

  const deep = JSON.parse("[".repeat(501) + "]".repeat(501));
  test.each<[string, unknown[]]>([
    ["sign", [1, { subject: "" }]],
    ["sign", [1, { subject: 42 }]],
    ["sign", [1, { subject: "\ud800" }]],
    ["sign", [1, { meta: ["a"] }]],
    ["sign", [1, { meta: "a" }]],
    ["sign", [1, { expire: 2_592_001 }]],
    ["sign", [1, { ttl: 5 }]],
    ["sign", [deep, {}]],
    ["extend", ["t", { expire: 0 }]],
    ["rotate", ["t", { grace: 3601 }]],
    ["rotate", ["t", { grace: -1 }]],
    ["rotate", ["t", { grace: 5, retry: false }]],
    ["rotate", ["t", { retry: 0 }]],
    ["list", ["42", { limit: 0 }]],
    ["list", ["42", { limit: "5" }]],
    ["list", ["42", { cursor: "x" }]],
    ["list", ["42", { cursor: "7" }]],
    ["list", ["42", { cursor: 5 }]],
    ["list", ["42", { current: 5 }]],
    ["list", ["", {}]],
    ["destroyAll", ["", {}]],
    ["destroyAll", ["42", { except: [] }]],
    ["updateAll", ["", 1]],
  ])("in %s(…%j) has the same words", async (op, [first, second]) => {
    const calls = rwt as unknown as Record<string, (...args: unknown[]) => unknown>;
    const ours = await mistake(() => calls[op]?.(first, second));
    expect(await theirs(op, first, secret, second)).toBe(ours);
  });

  test.each<object>([
    { from: [] },
    { from: ["query"] },
    { from: "bearer" },
    { from: [1] },
    { header: "Cookie" },
    { header: "a b" },
    { header: 1 },
    { realm: 'a"b' },
    { realm: "" },
    { retryAfter: 0 },
    { optional: "yes" },
    { cookie: { name: "a b" } },
    { cookie: { domain: "a.example" } },
    { cookie: { name: "__host-x", path: "/a" } },
    { cookie: { name: "__Secure-x", secure: false } },
    { cookie: { name: "x", secure: false, sameSite: "None" } },
    { cookie: { name: "x", path: "a" } },
    { cookie: { sameSite: "lax" } },
    { cookie: { httpOnly: false } },
    { csrf: { origins: ["https://a.example/path"] } },
    { csrf: { origins: "https://a.example" } },
    { csrf: { origins: ["null"] } },
    { csrf: { paths: ["hook"] } },
    { csrf: { origin: [] } },
    { csrf: true },
  ])("in requestAuth(%j) has the same words", async (options) => {
    const from = "cookie" in options || "csrf" in options ? { from: ["cookie"] } : {};
    const ours = await mistake(() =>
      requestAuth({ rwt, ...from, ...options } as AuthOptions & { rwt: typeof rwt }),
    );
    const given = snake({ ...from, ...options });
    expect(await theirs("auth", given)).toBe(ours.replace("request_auth's", "auth's"));
  });

  test("an origin is the same text, or none, in both languages", async () => {
    const schemes = ["http", "https", "HTTPS", "capacitor", "app", "chrome-extension", "ws", "file", "1a"];
    const hosts = [
      "a.example",
      "A.Example.",
      "a.example:443",
      "a.example:80",
      "a.example:08080",
      "a.example:99999",
      "a.example:",
      "localhost",
      ".",
      "",
      "a b",
      "a/",
      "a?b",
      "u@a.example",
      "bücher.example",
      "xn--bcher-kva.example",
      "[::1]",
      "[::1]:3000",
      "[0:0:0:0:0:0:0:1]",
      "[::g]",
      "{host}",
      "a_b.example",
      "127.0.0.1:5173",
      "a..example",
      "a:b",
      "*.example",
      "a.example\n",
    ];
    for (const scheme of schemes)
      for (const host of hosts) {
        const origin = `${scheme}://${host}`;
        expect(`${origin} ${await ask("originOf", origin)}`).toBe(`${origin} ${originOf(origin) ?? null}`);
      }
    for (const text of ["null", "", "a.example", "https:a.example", "https:/a.example"])
      expect(await ask("originOf", text)).toBe(originOf(text) ?? null);
  });

  test("a request comes from another site, or not, in both languages", async () => {
    const origins = [undefined, "null", "https://a.example", "http://A.example", "https://b.example", "junk"];
    for (const method of ["GET", "head", "OPTIONS", "POST", "delete", "CONNECT"])
      for (const origin of origins)
        for (const site of [undefined, "", "same-origin", "none", "same-site", "cross-site", "x"])
          for (const upgrade of [undefined, "WebSocket", "h2c"])
            for (const host of ["a.example", "a.example:443", undefined]) {
              const all = { host, origin, "sec-fetch-site": site, upgrade };
              const headers = JSON.parse(JSON.stringify(all)) as Record<string, string>;
              const source = { method, url: `http://${host ?? ""}/`, headers: new Headers(headers) };
              const expected = isCrossSite(source, [], []);
              const named = JSON.stringify({ method, ...headers });
              expect(`${named} ${await ask("crossSite", method, "/", headers)}`).toBe(`${named} ${expected}`);
            }
  });

  test("cookies of a name are found alike", async () => {
    for (const header of [
      "a=1",
      "a=1; a=2",
      ' a = "1" ;a=2',
      "\va=1",
      "xa=1; a=2",
      "a=; a=1",
      'a="1; a=2"',
      "a=1,a=2",
      "b.c=1; b.c=2; bxc=3",
      "a==1; a",
      "\u00a0a=1; a=1\u00a02",
    ])
      for (const name of ["a", "b.c"])
        expect(await ask("cookiesNamed", name, header)).toEqual(cookiesNamed(name, header));
  });
});
