import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { headerOf, IAT, NO_EPOCH } from "../../tools/vectors/header.ts";
import { plant, redisKeysOf, valueAt } from "../token/stored.ts";

const secret = "a secret of the tests, 32 bytes or more";

// What a verifier makes of stored values is in the vectors: test/token/vectors.any.test.ts.

describe("a sign writes the wire format's lines", () => {
  const store = memoryStore({ now: () => IAT });
  const rwt = createRwt({ store, secret, now: () => IAT });

  test("without a subject", async () => {
    const { session } = await redisKeysOf(secret, await rwt.sign(null));
    expect(await valueAt(store, session)).toBe(`${headerOf({ epoch: NO_EPOCH })}\n{}\nnull`);
    const noted = await redisKeysOf(secret, await rwt.sign([0], { meta: { d: "x\ny" } }));
    expect(await valueAt(store, noted.session)).toBe(`${headerOf()}\n{"meta":{"d":"x\\ny"}}\n[0]`);
  });

  test("with one, and the person's", async () => {
    const token = await rwt.sign({ "\n": "\u2028" }, { subject: "ü", meta: {} });
    const { session, person = "", index } = await redisKeysOf(secret, token);
    const owner = (await valueAt(store, person)) ?? "";
    expect(owner).toMatch(/^1 [\w-]{11} 00000000$/);
    expect(await valueAt(store, session)).toBe(
      `${headerOf({ epoch: owner.slice(2, 13) })}\n{"sub":"ü","meta":{}}\n{"\\n":"\u2028"}`,
    );
    expect(index).toBe(person.replace(":p:", ":i:"));
  });
});

test("a polluted Object.prototype adds nothing to a session", async () => {
  const store = memoryStore();
  const rwt = createRwt({ store, secret });
  const token = await rwt.sign(1);
  Object.assign(Object.prototype, { sub: "admin", meta: { role: "admin" } });
  try {
    const session = await rwt.verify(token);
    expect([session?.subject, session?.meta, session?.data]).toEqual([undefined, undefined, 1]);
  } finally {
    for (const name of ["sub", "meta"]) Reflect.deleteProperty(Object.prototype, name);
  }
});

test.each(["", "OK", "QUEUED", "42", "null", "[]", '{"planted":true}', "e1.AAAA"])(
  "what isn't a value of the format is no answer, and says so: %s",
  async (text) => {
    const store = memoryStore();
    const rwt = createRwt({ store, secret });
    const token = await rwt.sign(1);
    await plant(store, (await redisKeysOf(secret, token)).session, text);
    const outage = { code: "ERR_RWT_STORE_UNAVAILABLE", reason: "reply" };
    await expect(rwt.verify(token)).rejects.toMatchObject(outage);
    for (const call of [rwt.extend, rwt.destroy]) {
      // A script can't tell an empty value from none by GETRANGE.
      if (text === "") expect(await call(token)).toBe(false);
      else await expect(call(token)).rejects.toMatchObject(outage);
    }
  },
);
