import { expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt, type RwtOptions } from "../../src/index.ts";
import { createOnce, type OnceOptions } from "../../src/once/index.ts";
import { cookiesNamed } from "../../src/request/cookie-header.ts";
import { isCrossSite } from "../../src/request/cross-site.ts";
import { type AuthOptions, meetsRequirement, requestAuth } from "../../src/request/index.ts";
import { originOf } from "../../src/request/origin.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { describeClients, inPython } from "./clients.ts";
import { callOnce, FACTS, ONCE, ONCE_CALLS, REQUIRE } from "./feature-mistakes.ts";
import { AUTH, CALLS, type Call, ENCRYPTION, LIMIT, SERVICE } from "./mistakes.ts";

const secret = "a secret that all languages share, 32 bytes or more";
const store = memoryStore();
const rwt = createRwt({ store, secret }).with(sessions());

/** Python's names for what TypeScript's messages name. */
const inPythonsWords = (message: string): string =>
  message
    .replace(/^from\b/, "carriers")
    .replace(/\bexcept\b/, "except_")
    .replaceAll(/([a-z])([A-Z])(?=[a-z]+)/g, (_, before, capital) => `${before}_${capital.toLowerCase()}`)
    .replace("not undefined", "not null")
    // The clocks differ by a second, now and then.
    .replace(/Unix seconds from 0 to \d+/, "Unix seconds up to now")
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
      ({ message }: Error) =>
        message.replace(/; known: .*/, "").replace(/Unix seconds from 0 to \d+/, "Unix seconds up to now"),
    );

  test.each<object>([
    ...SERVICE,
    { verifyExtendsToken: null },
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

  test.each(LIMIT)("in sessions(%j) has the same words", async (options) => {
    expect(await theirs("create", snake(options))).toBe(await mistake(() => sessions(options)));
  });

  test.each(ENCRYPTION)("in encryption(%j) has the same words", async (options) => {
    const wrong = start(1, options);
    const answer = await wrong("connect").catch(({ message }: Error) => message);
    expect(answer).toBe(await mistake(() => encryption(options)));
  });

  test.each<Call>([...CALLS, ...FACTS, ["sign", 1, { subject: "\ud800" }]])(
    "in %s(%j, %j) has the same words",
    async (op, first, second) => {
      const calls = rwt as unknown as Record<string, (...args: unknown[]) => unknown>;
      const ours = await mistake(() => calls[op]?.(first, second));
      expect(await theirs(op, first, secret, second)).toBe(ours);
    },
  );

  test.each(REQUIRE)("in what is required, %j, has the same words", async (require) => {
    const given = require instanceof Object && !Array.isArray(require) ? snake(require) : require;
    expect(await theirs("requirement", given)).toBe(
      await mistake(() => meetsRequirement(null, require as never)),
    );
  });

  const forOnce: OnceOptions = { store, secret, purpose: "tests", expire: 60 };
  const once = (options: object, ...call: readonly unknown[]) =>
    theirs("once", { purpose: "tests", expire: 60, ...options }, secret, ...call);

  test.each(ONCE)("in createOnce(%j) has the same words", async (options) => {
    expect(await once(options, "peek", "")).toBe(await mistake(() => createOnce({ ...forOnce, ...options })));
  });

  test.each(ONCE_CALLS)("in %s(%j, %j) of one-time tokens has the same words", async (op, first, second) => {
    const args = op === "issueCode" ? [first, 1, second] : [first, second];
    expect(await once({}, op, ...args)).toBe(
      await mistake(() => callOnce(createOnce(forOnce), [op, first, second])),
    );
  });

  test.each(AUTH)("in requestAuth(%j) has the same words", async (options) => {
    const ours = await mistake(() => requestAuth({ rwt, ...options } as AuthOptions & { rwt: typeof rwt }));
    expect(await theirs("auth", snake(options))).toBe(ours.replace("request_auth's", "auth's"));
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
