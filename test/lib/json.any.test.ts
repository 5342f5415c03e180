import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRwt, DataError } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { untouchedStore } from "../support/untouched-store.ts";

const secret = "a secret of the tests, 32 bytes or more";

function cyclic(): unknown {
  const node: Record<string, unknown> = {};
  node.self = [node];
  return node;
}

const withToJson = (value: object): object =>
  Object.defineProperty(value, "toJSON", { value: () => undefined });

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

describe("sign refuses data that a JSON round trip would change", () => {
  const store = untouchedStore();
  const rwt = createRwt({ store, secret });
  const hidden = "hidden-user-data";
  const cases: [string, unknown][] = [
    ["undefined", undefined],
    ["undefined in an object", { [hidden]: undefined }],
    ["undefined in an array", [undefined]],
    ["a hole in an array", new Array(2)],
    ["a function", () => hidden],
    ["a method", { [hidden]: () => 1 }],
    ["a BigInt", { n: 1n }],
    ["a symbol", Symbol(hidden)],
    ["a symbol for a name", { [Symbol(hidden)]: 1 }],
    ["an array with a name", Object.assign([1], { [hidden]: 2 })],
    ["an array with as many holes as names", Object.assign(new Array(1), { [hidden]: 2 })],
    ["an array with a toJSON", withToJson([1])],
    ["an object with a toJSON that doesn't show", withToJson({ a: 1 })],
    ["an object that inherits a toJSON", Object.create(withToJson(Object.create(null)))],
    ["an object that inherits members", Object.create(Object.assign(Object.create(null), { a: 1 }))],
    ["Math", Math],
    ["NaN", { [hidden]: Number.NaN }],
    ["Infinity", [Number.POSITIVE_INFINITY]],
    ["a cycle", cyclic()],
    ["a Date", { at: new Date() }],
    ["a Map", new Map([[hidden, 1]])],
    ["a Set", [new Set([hidden])]],
    ["bytes", new Uint8Array(3)],
    ["a class's instance", new (class User {})()],
    ["a boxed text", Object(hidden)],
    ["nesting without end", deep(501)],
  ];
  test.each(cases)("%s", async (_, data) => {
    const error = await rwt.sign(data).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ code: "ERR_RWT_DATA_NOT_JSON", option: "data" });
    expect(String(error)).toMatch(/^DataError: data must be JSON, but at depth \d+ holds /);
    expect(String(error)).not.toContain(hidden);
    expect(store.calls).toEqual([]);
  });

  test("names a cycle in the message", async () => {
    await expect(rwt.sign(cyclic())).rejects.toThrow("at depth 2 holds a cycle");
  });

  test("names the depth in the message", async () => {
    const messageOf = (data: unknown) =>
      rwt.sign(data).catch((error: Error) => error.message.replace(/^.*but /, ""));
    const ofClass = "an object of a class such as Date: use text";
    expect(await messageOf(new Map())).toBe(`at depth 0 holds ${ofClass}`);
    expect(await messageOf({ at: new Date() })).toBe(`at depth 1 holds ${ofClass}`);
    expect(await messageOf(undefined)).toBe("at depth 0 holds undefined: use null");
    expect(await messageOf({ id: undefined })).toBe("at depth 1 holds undefined: use null");
    expect(await messageOf(Promise.resolve(1))).toBe("at depth 0 holds a promise: await it");
    expect(await messageOf([{ n: 1n }])).toBe("at depth 2 holds a bigint");
  });

  test("in meta as well", async () => {
    const meta = { at: new Date() };
    await expect(rwt.sign(1, { meta })).rejects.toMatchObject({
      code: "ERR_RWT_DATA_NOT_JSON",
      option: "meta",
    });
  });

  test("but accepts the same object twice, and one without a prototype", async () => {
    const rwt = createRwt({ store: memoryStore(), secret });
    const part = Object.assign(Object.create(null), { a: 1 });
    const session = await rwt.verify(await rwt.sign({ one: part, two: [part, part] }));
    expect(session?.data).toEqual({ one: { a: 1 }, two: [{ a: 1 }, { a: 1 }] });
    await rwt.sign(deep(500));
  });
});

test("data and meta are copied: later changes by the caller don't affect the session", async () => {
  const rwt = createRwt<{ role: string }>({ store: memoryStore(), secret });
  const user = { role: "user" };
  const token = await rwt.sign(user);
  user.role = "admin";
  const first = await rwt.verify(token);
  expect(first?.data.role).toBe("user");
  if (first) first.data.role = "admin";
  expect((await rwt.verify(token))?.data.role).toBe("user");
});

test("any JSON value comes back unchanged, including __proto__ and lone surrogates", async () => {
  const rwt = createRwt({ store: memoryStore(), secret });
  const json = fc.jsonValue({ noUnicodeString: false, stringUnit: "binary", maxDepth: 5 });
  const roundTrip = async (value: unknown) => {
    const session = await rwt.verify(await rwt.sign(value));
    // Compared as text, since -0 is 0 in JSON.
    expect(JSON.stringify(session?.data)).toBe(JSON.stringify(value));
  };
  await fc.assert(fc.asyncProperty(json, roundTrip), { numRuns: 300 });
  await roundTrip(JSON.parse('{"__proto__":{"polluted":true}}'));
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});
