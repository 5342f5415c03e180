import { afterEach, describe, expect, test, vi } from "vitest";
import { rwt } from "../../src/compat/edge.ts";
import type { CompatConfig } from "../../src/compat/types.ts";
import { createRwt, type TokenStore } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { untouchedStore } from "../support/untouched-store.ts";

const secret = "a secret of the tests, 32 bytes or more";
const over = (store: TokenStore, more: Partial<CompatConfig> = {}) => rwt({ redis: store, ...more });

describe("the data that verify returns", () => {
  test("is what was signed, including falsy values, numbers and nesting, which the original lost", async () => {
    const tokens = over(memoryStore());
    const user = { zero: 0, no: false, empty: "", none: null, deep: { list: [1, { a: "ü" }] }, age: 21 };
    expect(await tokens.verify(await tokens.sign(user, secret), secret)).toEqual(user);
  });

  test("has dates, ids and big integers of a database document as strings, and no functions", async () => {
    class Id {
      toJSON() {
        return "5f1d";
      }
    }
    const created = new Date(0);
    const user = { _id: new Id(), created, big: 10n, inf: Infinity, gone: undefined, save() {} };
    const tokens = over(memoryStore());
    expect(await tokens.verify(await tokens.sign(user, secret), secret)).toEqual({
      _id: "5f1d",
      created: "1970-01-01T00:00:00.000Z",
      big: "10",
      inf: "Infinity",
    });
  });

  test("never silently loses anything: a Map, a Set or a cycle is an error", async () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const throws = { toJSON: () => expect.fail("a secret") };
    for (const user of [{ m: new Map([[1, 2]]) }, { s: new Set([1]) }, cycle, throws]) {
      const error = await over(memoryStore())
        .sign(user, secret)
        .catch((error) => error);
      expect(error).toMatchObject({ code: "ERR_RWT_DATA_NOT_JSON" });
      expect(error.message).not.toMatch(/secret|self/);
    }
  });

  test("comes with the rest of the session from `session`", async () => {
    const tokens = over(memoryStore());
    const token = await tokens.sign({ name: "Ada" }, secret, {
      subject: "1",
      meta: { device: "x" },
      expire: 60,
    });
    const expected = { data: { name: "Ada" }, subject: "1", meta: { device: "x" }, expire: 60 };
    expect(await tokens.session(token, secret)).toMatchObject(expected);
    await new Promise<void>((resolve) => {
      tokens.session(token, secret, (error, session) => {
        expect(error).toBeNull();
        expect(session).toMatchObject(expected);
        resolve();
      });
    });
  });
});

describe("arguments", () => {
  test("params, or params and callback, may be left out", async () => {
    const tokens = over(memoryStore());
    const byCallback = (...params: [] | [null] | [undefined] | [object]) =>
      new Promise<string>((resolve, reject) => {
        const call = tokens.sign as (...args: unknown[]) => unknown;
        const given = call({ a: 1 }, secret, ...params, (error: Error | null, token: string) =>
          error ? reject(error) : resolve(token),
        );
        expect(given).toBeUndefined();
      });
    const signed = [
      byCallback(),
      byCallback(null),
      byCallback(undefined),
      byCallback({}),
      tokens.sign({ a: 1 }, secret),
      tokens.sign({ a: 1 }, secret, null),
      tokens.sign({ a: 1 }, secret, { expire: 5 }),
    ];
    for (const token of await Promise.all(signed))
      expect(await tokens.verify(token, secret)).toEqual({ a: 1 });
  });

  const wrong: [string, unknown[]][] = [
    ["sign", ["user", secret]],
    ["sign", [null, secret]],
    ["sign", [{}, 1]],
    ["verify", [undefined, secret]],
    ["verify", ["t", undefined]],
    ["session", [1, secret]],
    ["extend", ["t", {}]],
    ["destroy", [null, secret]],
    ["verify", ["t", ""]],
  ];
  test.each(wrong)("%s%j throws at once with a callback, and rejects without", async (method, args) => {
    const tokens = over(untouchedStore()) as unknown as Record<
      string,
      (...args: unknown[]) => Promise<unknown>
    >;
    const callback = vi.fn();
    expect(() => tokens[method]?.(...args, callback)).toThrow(Error);
    await expect(tokens[method]?.(...args)).rejects.toThrow(Error);
    expect(callback).not.toHaveBeenCalled();
  });

  test("a callback that isn't a function is refused", () => {
    const call = over(untouchedStore()).destroy as (...args: unknown[]) => unknown;
    expect(() => call("t", secret, "callback")).toThrow(/callback must be a function/);
  });

  test("null instead of a callback returns a promise", async () => {
    const tokens = over(memoryStore());
    const call = tokens.verify as (...args: unknown[]) => Promise<unknown>;
    expect(await call(await tokens.sign({ a: 1 }, secret), secret, null)).toEqual({ a: 1 });
  });

  test("wrong params reach the callback", async () => {
    const error = await new Promise((resolve) => {
      over(untouchedStore()).sign({ a: 1 }, secret, { expire: -1 }, resolve);
    });
    expect(error).toMatchObject({ code: "ERR_RWT_OPTION_RANGE", option: "expire" });
  });

  test.each([
    [{ custom: { expire: "60" } }, "expire"],
    [{ custom: { expire: 0 } }, "expire"],
    [{ custom: { expire: Number.NaN } }, "expire"],
    [{ custom: { expire: 2 ** 32 } }, "expire"],
    [{ redis: { call() {}, get() {} } }, "redis"],
    [{ redis: { sendCommand() {} } }, "redis"],
    [{ custom: { verifyExtendsToken: 1 } }, "verifyExtendsToken"],
    [{ custom: { maxLifetime: "1" } }, "maxLifetime"],
    [{ custom: { expire: 60, maxLifetime: 30 } }, "expire"],
    [{ custom: { expires: 60 } }, "expires"],
    [{ prefix: 1 }, "prefix"],
    [{ custmo: {} }, "custmo"],
    [{ legacy: { prefix: "sess:" } }, "store"],
    [{ redis: { url: "redis://localhost", token: "t" } }, "url"],
    [{ redis: { url: "https://localhost", token: "" } }, "token"],
    [{ redis: { url: "https://localhost", token: "t", host: "localhost" } }, "host"],
  ])("the factory throws on %j", (config, option) => {
    expect(() => rwt({ redis: memoryStore(), ...config } as CompatConfig)).toThrow(
      expect.objectContaining({ option }),
    );
  });
});

describe("a callback", () => {
  test("is called once, with only the error, when the store fails", async () => {
    const callback = vi.fn();
    const failing = { ...memoryStore(), check: () => Promise.reject(new Error("out")) };
    const tokens = over(failing);
    tokens.verify(await tokens.sign({ a: 1 }, secret), secret, callback);
    await vi.waitFor(() => expect(callback).toHaveBeenCalled());
    expect(callback.mock.calls).toEqual([[expect.objectContaining({ message: "out" })]]);
  });

  test("gets null and a boolean from extend and destroy", async () => {
    const tokens = over(memoryStore());
    const token = await tokens.sign({ a: 1 }, secret);
    const result = (method: "extend" | "destroy") =>
      new Promise((resolve) => {
        tokens[method](token, secret, (...args) => resolve(args));
      });
    expect(await result("extend")).toEqual([null, true]);
    expect(await result("destroy")).toEqual([null, true]);
    expect(await result("extend")).toEqual([null, false]);
    expect(await result("destroy")).toEqual([null, false]);
  });
});

describe("expire", () => {
  const ttls: number[] = [];
  const watched = (): TokenStore => {
    const store = memoryStore();
    return {
      ...store,
      create(entry, options) {
        ttls.push(entry.ttl);
        return store.create(entry, options);
      },
    };
  };
  afterEach(() => void ttls.splice(0));

  test("of a call applies to that token only, and the default stays the same", async () => {
    const tokens = over(watched(), { custom: { expire: 100 } });
    await tokens.sign({}, secret, { expire: 7 });
    await tokens.sign({}, secret);
    expect(ttls).toEqual([7, 100]);
  });

  test("may be longer than 30 days, as with the original, unless maxLifetime is given", async () => {
    const year = 365 * 86_400;
    const tokens = over(watched());
    const session = await tokens.session(await tokens.sign({}, secret, { expire: year }), secret);
    expect(session).toMatchObject({ expire: year, deadline: (session?.issuedAt ?? 0) + year });
    await over(watched(), { custom: { expire: year } }).sign({}, secret);
    expect(ttls).toEqual([year, year]);
    const capped = over(watched(), { custom: { maxLifetime: 86_400 } });
    await expect(capped.sign({}, secret, { expire: year })).rejects.toMatchObject({ option: "expire" });
  });
});

test("tokens are interchangeable with createRwt's if secret and prefix are the same", async () => {
  const store = memoryStore();
  const tokens = over(store, { prefix: "sess:" });
  const service = createRwt({ store, secret, prefix: "sess:" });
  expect((await service.verify(await tokens.sign({ id: 1 }, secret)))?.data).toEqual({ id: 1 });
  expect(await tokens.verify(await service.sign({ id: 2 }), secret)).toEqual({ id: 2 });
  expect(await tokens.verify(await service.sign({ id: 2 }), secret.toUpperCase())).toBeNull();
  expect(await tokens.verify("9f3c-0a1b-77de-4c02-b5e8", secret)).toBeNull();
});

test("a failed connect rejects, but doesn't end the process if it isn't awaited", async () => {
  const store = { ...memoryStore(), connect: () => Promise.reject(new Error("out")) };
  over(store).connect();
  await expect(over(store).connect()).rejects.toThrow("out");
});

test("expireOrphans needs the legacy option", async () => {
  await expect(over(memoryStore()).expireOrphans(secret)).rejects.toMatchObject({ option: "legacy" });
});
