import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { decodeSession, encodeSession } from "../../src/token/index.ts";

test("the value is what the wire format says, and leaves out what is absent", () => {
  const session = { issuedAt: 1, deadline: 2, subject: undefined, data: null, meta: undefined };
  expect(encodeSession(session)).toBe('{"v":1,"iat":1,"exp":2,"data":null}');
  expect(encodeSession({ ...session, subject: "u", data: [0], meta: { d: "x" } })).toBe(
    '{"v":1,"iat":1,"exp":2,"sub":"u","data":[0],"meta":{"d":"x"}}',
  );
});

describe("a value that isn't the session that was signed opens nothing", () => {
  const bad = [
    '{"v":2,"iat":1,"exp":2,"data":1}',
    '{"v":1,"iat":1,"exp":3,"data":1}',
    '{"v":1,"iat":1,"exp":"2","data":1}',
    '{"v":1,"iat":"1","exp":2,"data":1}',
    '{"v":1,"iat":1.5,"exp":2,"data":1}',
    '{"v":1,"iat":1,"exp":2}',
    '{"v":1,"iat":1,"exp":2,"__proto__":{"data":1}}',
    '{"v":1,"iat":1,"exp":2,"data":1,"sub":7}',
    '{"v":1,"iat":1,"exp":2,"data":1,"meta":[]}',
    '{"v":1,"iat":1,"exp":2,"data":1,"meta":null}',
    '{"v":1,"iat":1,"exp":2,"data":1,"end":1}',
    '{"v":1,"iat":1,"exp":2,"data":1,"end":null}',
    // Found by the fuzzer: they counted as no end at all.
    '{"v":1,"iat":1,"exp":2,"data":1,"end":"x"}',
    '{"v":1,"iat":1,"exp":2,"data":1,"end":{}}',
  ];
  test.each(bad)("%s", (text) => expect(decodeSession(text, 2, 1)).toBeNull());

  test("but the right one does", () => {
    expect(decodeSession('{"v":1,"iat":1,"exp":2,"data":false}', 2, 1)).toEqual({
      data: false,
      subject: undefined,
      meta: undefined,
      issuedAt: 1,
      deadline: 2,
    });
  });

  test.each(["", "OK", "QUEUED", "42", "null", "[]", "{", "e1.AAAA"])(
    "what is no object at all is no answer: %s",
    async (text) => {
      expect(decodeSession(text, 2, 1)).toBeUndefined();
      const rwt = createRwt({ store: { ...memoryStore(), read: async () => text }, secret: "s".repeat(32) });
      await expect(rwt.verify(await rwt.sign(1))).rejects.toMatchObject({
        code: "ERR_RWT_STORE_UNAVAILABLE",
        reason: "reply",
      });
    },
  );

  test("a polluted Object.prototype adds nothing to a session", () => {
    Object.assign(Object.prototype, { sub: "admin", meta: { role: "admin" } });
    try {
      const session = decodeSession('{"v":1,"iat":1,"exp":2,"data":1}', 2, 1);
      expect([session?.subject, session?.meta]).toEqual([undefined, undefined]);
    } finally {
      for (const name of ["sub", "meta"]) Reflect.deleteProperty(Object.prototype, name);
    }
  });

  test("and a service takes it for no session, not for an outage", async () => {
    const store = memoryStore();
    const read = async () => '{"planted":true}';
    const rwt = createRwt({ store: { ...store, read }, secret: "s".repeat(32) });
    expect(await rwt.verify(await rwt.sign(1))).toBeNull();
  });
});
