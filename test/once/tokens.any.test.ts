import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { createOnce, type OnceOptions } from "../../src/once/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { onceCases } from "../conformance/once-cases.ts";
import { wrong } from "../conformance/once-context.ts";
import { createTimeMachine } from "../conformance/time-machine.ts";
import { forged } from "../support/forged.ts";
import { withoutNativeCrypto } from "../support/native-crypto.ts";
import { untouchedStore } from "../support/untouched-store.ts";

const secret = "a secret of the tests, 32 bytes or more";
const serviceOf = (options: Partial<OnceOptions> = {}) =>
  createOnce({ store: memoryStore(), secret, purpose: "tests", expire: 60, ...options });

describe("one-time tokens by Web Crypto alone", () => {
  const clock = createTimeMachine();
  const store = memoryStore({ now: clock.now });
  for (const { name, run } of onceCases) {
    test(name, () =>
      withoutNativeCrypto(() => run({ createRwt, createOnce, openStore: () => store, ...clock })),
    );
  }
});

describe("without asking Redis", () => {
  const store = untouchedStore();
  const once = serviceOf({ store });

  test("forged, foreign and expired tokens, and what isn't a code, get null", async () => {
    const token = await serviceOf().issue(1);
    const session = await createRwt({ store: memoryStore(), secret }).sign(1);
    const expired = await serviceOf({ now: () => Date.now() / 1000 - 61 }).issue(1);
    const bad = [forged(token), token.slice(0, -1), `rwt_${token.slice(5)}`, session, expired];
    const elsewhere = [await serviceOf({ purpose: "others" }).issue(1)];
    const stranger = [await serviceOf({ secret: "another secret, which has 32 bytes too" }).issue(1)];
    for (const text of [...bad, `rwto_${session.slice(4)}`, ...elsewhere, ...stranger]) {
      expect(await once.peek(text)).toBeNull();
      expect(await once.consume(text)).toBeNull();
    }
    for (const text of ["12345", "1234567890123", "12345a", "123 456", null])
      expect(await once.consumeCode("42", text)).toBeNull();
    expect(store.calls).toEqual([]);
  });

  test("a session service gives null for a one-time token, whatever its prefix", async () => {
    const rwt = createRwt({ store, secret });
    const token = await serviceOf().issue(1);
    for (const text of [token, `rwt_${token.slice(5)}`]) {
      expect(await rwt.verify(text)).toBeNull();
      expect(await rwt.destroy(text)).toBe(false);
    }
    expect(store.calls).toEqual([]);
  });
});

test("a token has one spelling: no other text with the same bytes opens", async () => {
  const once = serviceOf();
  const token = await once.issue(1);
  for (const other of [`${token}=`, token.replace("rwto_", "RWTO_"), `${token}%20`, token.replace("_", "-")])
    expect(await once.consume(other)).toBeNull();
  // In some alphabets + and / stand for - and _.
  const standard = `rwto_${token.slice(5).replaceAll("-", "+").replaceAll("_", "/")}`;
  if (standard !== token) expect(await once.consume(standard)).toBeNull();
  expect(await once.consume(token)).not.toBeNull();
});

test("tokens of one subject don't show that they are one person's", async () => {
  const once = serviceOf();
  const [a, b] = [
    await once.issue(1, { subject: "42", replaces: true }),
    await once.issue(1, { subject: "42", replaces: true }),
  ];
  const person = (token: string): string => token.slice(5 + 18, 5 + 33);
  expect(person(a)).not.toBe(person(b));
});

test("codes have every digit equally often, leading zeros too", async () => {
  const once = serviceOf();
  const digits = new Array<number>(10).fill(0);
  let leadingZeros = 0;
  for (let i = 0; i < 1000; i++) {
    const code = await once.issueCode({ subject: "42", data: null, digits: 12 });
    expect(code).toMatch(/^[0-9]{12}$/);
    if (code.startsWith("0")) leadingZeros++;
    for (const digit of code) digits[Number(digit)] = (digits[Number(digit)] ?? 0) + 1;
  }
  // 1,200 of each are expected; a deviation of 200 is six standard deviations.
  for (const count of digits) expect(Math.abs(count - 1200)).toBeLessThan(200);
  expect(leadingZeros).toBeGreaterThan(40);
});

test("any JSON value comes back, and is the one of the time of the call", async () => {
  const once = serviceOf();
  for (const value of [null, false, 0, "", [], {}, '"', "\n2", "1 2", { sub: "x" }, ["\ud800", "\u2028"]])
    expect((await once.consume(await once.issue(value)))?.data).toEqual(value);
  const data = { a: 1 };
  const issuing = once.issue(data);
  data.a = 2;
  expect((await once.consume(await issuing))?.data).toEqual({ a: 1 });
  const hostile = JSON.parse('{"__proto__":{"admin":true}}');
  expect(JSON.stringify((await once.consume(await once.issue(hostile)))?.data)).toBe(JSON.stringify(hostile));
});

test("a wrong code and no code can't be told apart", async () => {
  const once = serviceOf();
  const code = await once.issueCode({ subject: "42", data: 1 });
  expect([await once.consumeCode("42", wrong(code)), await once.consumeCode("43", code)]).toEqual([
    null,
    null,
  ]);
});
