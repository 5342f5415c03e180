import { afterAll, describe, expect, test } from "vitest";
import { createRwt, type RwtOptions } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { php, phpMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";
import { inPhp } from "./clients.ts";

const redis = await ownRedis();
const store = ioredisStore(redis.url);
afterAll(() => store.disconnect());
const secret = "a secret that all languages share, 32 bytes or more";
const rwt = createRwt({ store, secret }).with(sessions());

/** A mistake, made in both languages. TypeScript's types forbid it, so the arguments are `any` JSON. */
type Mistake = readonly [op: string, typescript: readonly unknown[], php: readonly unknown[]];

const signing = (options: object): Mistake => ["sign", [1, options], [1, secret, options]];
const rotating = (options: object): Mistake => ["rotate", ["t", options], ["t", secret, options]];
const listing = (options: object): Mistake => ["list", ["42", options], ["42", secret, options]];

const MISTAKES: readonly Mistake[] = [
  signing({ expire: 0 }),
  signing({ expire: 1.5 }),
  signing({ expire: "60" }),
  signing({ expire: true }),
  signing({ expire: 2 ** 33 }),
  signing({ expire: 2_592_001 }),
  signing({ maxLifetime: 2_592_001 }),
  signing({ maxLifetime: 10, expire: 11 }),
  signing({ subject: 42 }),
  signing({ subject: ["42"] }),
  signing({ meta: ["a"] }),
  signing({ meta: "a" }),
  rotating({ grace: 3601 }),
  rotating({ grace: -1 }),
  rotating({ grace: "1" }),
  rotating({ retry: 0 }),
  rotating({ retry: false, grace: 1 }),
  listing({ limit: 0 }),
  listing({ limit: 1001 }),
  listing({ limit: "5" }),
  listing({ cursor: 5 }),
  listing({ cursor: "x" }),
  ["list", [""], ["", secret]],
  ["list", [42], [42, secret]],
  ["destroyAll", [""], ["", secret]],
  ["updateAll", ["", 1], ["", secret, 1]],
];

const UNKNOWN: readonly Mistake[] = [signing({ ttl: 5 }), rotating({ graze: 5 }), listing({ page: 5 })];

/** Options of the services. PHP has most of them under `custom`. */
const CONFIGURATIONS: readonly (readonly [options: object, config: object])[] = [
  [{ expire: "60" }, { custom: { expire: "60" } }],
  [{ expire: 0 }, { custom: { expire: 0 } }],
  [{ maxLifetime: 60, expire: 61 }, { custom: { maxLifetime: 60, expire: 61 } }],
  [{ maxLifetime: -5 }, { custom: { maxLifetime: -5 } }],
  [{ verifyExtendsToken: 1 }, { custom: { verifyExtendsToken: 1 } }],
  [{ prefix: "{x}" }, { prefix: "{x}" }],
  [{ prefix: 5 }, { prefix: 5 }],
];

const AUTH: readonly object[] = [
  { from: [] },
  { from: "cookie" },
  { from: ["query"] },
  { from: [5] },
  { header: "Cookie" },
  { header: "a b" },
  { realm: 'a"b' },
  { optional: 1 },
  { retryAfter: 0 },
  { cookie: { name: "a b" } },
  { cookie: { name: 5 } },
  { cookie: { domain: "a b" } },
  { cookie: { domain: "example.org" } },
  { cookie: { name: "__host-x", path: "/x" } },
  { cookie: { path: "x" } },
  { cookie: { sameSite: "lax" } },
  { cookie: { name: "rwt", secure: false, partitioned: true } },
  { cookie: { name: "__Secure-rwt", secure: false } },
  { cookie: { secure: "no" } },
  { csrf: { origins: "https://a.org" } },
  { csrf: { origins: ["https://a.org/"] } },
  { csrf: { origins: ["https://*.a.org"] } },
  { csrf: { origins: ["null"] } },
  { csrf: { origins: ["//a.org"] } },
  { csrf: { origins: ["https://{host}"] } },
  { csrf: { origins: ["wss://a.org"] } },
  { csrf: { paths: ["callback"] } },
  { csrf: { paths: ["/a?b"] } },
];

/** What a call throws: the error's code and words. */
async function thrownBy(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code === undefined ? message.replace(/^(\S+) \S+ /, "$1: ") : `${code}: ${message}`;
  }
  return expect.fail("nothing was thrown");
}

describe.skipIf(php === undefined)(
  `errors of PHP have the codes and words of TypeScript${phpMissing}`,
  () => {
    const ask = inPhp("phpredis").start(redis.port);
    const inTypescript = ([op, args]: Mistake) =>
      thrownBy(() =>
        (rwt as unknown as Record<string, (...args: readonly unknown[]) => unknown>)[op]?.(...args),
      );

    test.each(MISTAKES)("%s%j", async (...mistake) => {
      const [op, , args] = mistake;
      expect(await thrownBy(() => ask(op, ...args))).toBe(await inTypescript(mistake));
    });

    test.each(UNKNOWN)("unknown names: %s%j", async (...mistake) => {
      const [op, , args] = mistake;
      const upToNames = async (words: Promise<string>) => (await words).replace(/known: .*/, "known: …");
      expect(await upToNames(thrownBy(() => ask(op, ...args)))).toBe(await upToNames(inTypescript(mistake)));
    });

    test.each(CONFIGURATIONS)("the service's options %j", async (options, config) => {
      const expected = await thrownBy(() => createRwt({ store, secret, ...options } as RwtOptions));
      const wrong = inPhp("phpredis").start(redis.port, { ...config });
      expect(await thrownBy(() => wrong("connect"))).toBe(expected);
    });

    test.each(AUTH)("requestAuth's options %j", async (options) => {
      const expected = await thrownBy(() => requestAuth({ rwt, ...options } as never));
      expect(await thrownBy(() => ask("requestAuth", options))).toBe(expected);
    });

    test.each([
      [[], "NAN", Number.NaN],
      [["a"], "NAN", { a: Number.NaN }],
      [["a", "b"], "INF", { b: { a: Number.POSITIVE_INFINITY } }],
    ])("data that isn't JSON: %j %s", async (path, number, data) => {
      const expected = await thrownBy(() => rwt.sign(data));
      expect(await thrownBy(() => ask("signNumber", path, number, secret))).toBe(expected);
    });

    test("data that is too deep", async () => {
      let deep: unknown = 1;
      for (let i = 0; i < 501; i++) deep = [deep];
      expect(await thrownBy(() => ask("sign", deep, secret))).toBe(await thrownBy(() => rwt.sign(deep)));
    });

    test("the last rotation", async () => {
      const [token] = [await rwt.sign(1)];
      const last = String(await ask("atGeneration", secret, token, 65_535));
      expect(await thrownBy(() => ask("rotate", last, secret))).toBe(await thrownBy(() => rwt.rotate(last)));
    });

    test("an outage", async () => {
      const token = await rwt.sign(1);
      await redis.kill();
      expect(await thrownBy(() => ask("verify", token, secret))).toBe(
        await thrownBy(() => rwt.verify(token)),
      );
    });

    test("what isn't text is no live token, and no TypeError", async () => {
      for (const token of [null, 5, ["a"], { a: 1 }, true, ""]) {
        expect(await ask("session", token, secret)).toBeNull();
        expect(await ask("rotate", token, secret)).toBeNull();
        expect(await ask("idOf", token, secret)).toBeNull();
        for (const op of ["verify", "extend", "destroy"]) expect(await ask(op, token, secret)).toBe(false);
        expect(await ask("update", token, secret, 1)).toBe(false);
        expect(await ask("destroyById", "42", secret, token)).toBe(false);
      }
    });

    test("a secret that isn't set is an error of its own", async () => {
      for (const unset of [null, false, ""]) {
        const words = await thrownBy(() => ask("verify", "t", unset));
        expect(words).toMatch(
          /^ERR_RWT_OPTION_(TYPE|RANGE): secret must be 32 bytes \(is RWT_SECRET set\?\)/,
        );
      }
    });
  },
);
