import { afterAll, describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt, type RwtOptions } from "../../src/index.ts";
import { createOnce, type OnceOptions } from "../../src/once/index.ts";
import { meetsRequirement, requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { php, phpMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";
import { inPhp } from "./clients.ts";
import { callOnce, FACTS, ONCE, ONCE_CALLS, REQUIRE } from "./feature-mistakes.ts";
import { AUTH, CALLS, ENCRYPTION, LIMIT, SERVICE } from "./mistakes.ts";

const redis = await ownRedis();
const store = ioredisStore(redis.url);
afterAll(() => store.disconnect());
const secret = "a secret that all languages share, 32 bytes or more";
const rwt = createRwt({ store, secret }).with(sessions());

const serviceWith = (options: object) => createRwt({ store, secret, ...options } as RwtOptions);

const LIMITS = ["expire", "maxLifetime", "verifyExtendsToken", "maxSessions", "onLimit"];

/** Options of a service as PHP has them: most are under `custom`. */
function configOf(options: object): object {
  const [custom, own] = [true, false].map((isCustom) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => LIMITS.includes(name) === isCustom)),
  );
  return { custom, ...own };
}

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
    const methods = rwt as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
    /** PHP's names for what TypeScript's messages name. Each language has options of its own. */
    const inPhpsWords = async (words: Promise<string>) =>
      (await words)
        .replace(/known: .*/, "known: …")
        .replace("a token, null or undefined", "a token or null")
        .replace(/(csrf|auth|require) must be an object/, "$1 must be an array with names")
        .replace("not undefined", "not null")
        // The clocks differ by a second, now and then.
        .replace(/Unix seconds from 0 to \d+/, "Unix seconds up to now");

    test.each([...CALLS, ...FACTS])("%s(%j, %j)", async (op, first, second) => {
      expect(await inPhpsWords(thrownBy(() => ask(op, first, secret, second)))).toBe(
        await inPhpsWords(thrownBy(() => methods[op]?.(first, second))),
      );
    });

    test.each([
      ...SERVICE.map((options) => ({ options, make: serviceWith })),
      ...ENCRYPTION.map((options) => ({ options, make: encryption })),
      ...LIMIT.map((options) => ({ options, make: sessions })),
    ])("the service's options $options", async ({ options, make }) => {
      const wrong = inPhp("phpredis").start(redis.port, { ...configOf(options) });
      expect(await thrownBy(() => wrong("connect"))).toBe(
        await thrownBy(() => createRwt({ store, secret }).with(make(options) as never)),
      );
    });

    test.each(REQUIRE)("what is required: %j", async (require) => {
      expect(await inPhpsWords(thrownBy(() => ask("requirement", require, {})))).toBe(
        await inPhpsWords(thrownBy(() => meetsRequirement(null, require as never))),
      );
    });

    const forOnce: OnceOptions = { store, secret, purpose: "tests", expire: 60 };
    const onceInPhp = (options: object, ...call: readonly unknown[]) =>
      ask("once", { purpose: "tests", expire: 60, ...options }, secret, ...call);

    test.each(ONCE)("the options %j of one-time tokens", async (options) => {
      expect(await thrownBy(() => onceInPhp(options, "peek", ""))).toBe(
        await thrownBy(() => createOnce({ ...forOnce, ...options })),
      );
    });

    test.each(ONCE_CALLS)("%s(%j, %j) of one-time tokens", async (op, first, second) => {
      const args = op === "issueCode" ? [first, 1, second] : [first, second];
      expect(await inPhpsWords(thrownBy(() => onceInPhp({}, op, ...args)))).toBe(
        await inPhpsWords(thrownBy(() => callOnce(createOnce(forOnce), [op, first, second]))),
      );
    });

    test.each(AUTH)("requestAuth's options %j", async (options) => {
      const expected = await inPhpsWords(thrownBy(() => requestAuth({ rwt, ...options } as never)));
      expect(await inPhpsWords(thrownBy(() => ask("requestAuth", options)))).toBe(expected);
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
          /^ERR_RWT_OPTION_(TYPE|RANGE): secret must be 32 bytes or more \(is RWT_SECRET set\?\)/,
        );
      }
    });
  },
);
