/** One-time tokens in PHP: what the test vectors say, and the tokens and codes of TypeScript. */
import { Redis } from "ioredis";
import { afterEach, expect, test } from "vitest";
import { createOnce, type OnceFound } from "../../src/once/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { wrong } from "../conformance/once-context.ts";
import { atEnd } from "../support/at-end.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownRedis } from "../support/servers.ts";
import { describeClients, inPhp } from "./clients.ts";

const secret = "a secret that all languages share, 32 bytes or more";
const redis = await ownRedis();
const admin = new Redis(redis.url);
const store = ioredisStore(redis.url);
atEnd(async () => {
  admin.disconnect();
  await store.disconnect();
});
const options = { purpose: "tests", expire: 60 };
const ours = createOnce({ store, secret, ...options });
const data = { name: "Zoë 🎟", list: [], n: 1.5 };

afterEach(async () => {
  for (const key of await admin.keys("*")) expect(await admin.ttl(key), key).toBeGreaterThan(0);
  await admin.flushall();
});

describeClients("one-time tokens", [inPhp("phpredis"), inPhp("predis")], ({ start }) => {
  const ask = start(redis.port);
  const theirs = (call: string, ...args: readonly unknown[]) =>
    ask("once", options, secret, call, ...args) as Promise<OnceFound | null>;
  const by = (vector: { secret: string; purpose: string }, call: string, ...args: readonly unknown[]) =>
    ask("once", { purpose: vector.purpose, expire: 60 }, vector.secret, call, ...args);

  test.each(vectors.onceTokens)("the vector of $purpose, replaces $replaces", async (vector) => {
    const { deadline, expire, token, key, value } = vector;
    await admin.set(key, value, "EX", 60);
    const found = { ...vector.found, issuedAt: deadline - expire, expiresAt: deadline };
    expect(await by(vector, "peek", token)).toEqual(found);
    expect(await by(vector, "consume", token)).toEqual(found);
    expect(await admin.get(key)).toBeNull();
  });

  test.each(vectors.onceCodes)("the vector of the code $code of $subject", async (vector) => {
    const { subject, code, attempts, key, value } = vector;
    await admin.set(key, value, "EX", 60);
    expect(await by(vector, "consumeCode", subject, wrong(code))).toBeNull();
    const left = await admin.get(key);
    if (attempts === 1) return expect(left).toBeNull();
    expect(left).toBe(`${value.slice(0, 24)}${String(attempts - 1).padStart(3, "0")}${value.slice(27)}`);
    expect(await by(vector, "consumeCode", subject, code)).toMatchObject({ data: vector.data, subject });
  });

  test.each(vectors.onceRejected)("rejects the vector without a command: $why", async (vector) => {
    await ask("connect");
    const sent = await commandsOf(admin, async () => {
      for (const call of ["peek", "consume"]) expect(await by(vector, call, vector.token)).toBeNull();
    });
    expect(sent).toEqual({});
  });

  test.each([{}, { subject: "émilie" }, { subject: "émilie", replaces: true }])(
    "each consumes what the other issues with %j",
    async (params) => {
      const token = await ours.issue(data, params);
      const subject = params.subject ?? null;
      expect(await theirs("consume", token)).toMatchObject({ data, subject });
      expect(await ours.consume(token)).toBeNull();
      const other = String(await theirs("issue", data, params));
      expect(await ours.peek(other)).toMatchObject({ data, subject: params.subject });
      expect((await ours.consume(other))?.data).toEqual(data);
      expect(await theirs("consume", other)).toBeNull();
    },
  );

  test("both store the same lines", async () => {
    const stored = async (issue: () => Promise<unknown>) => {
      await issue();
      const [key = ""] = await admin.keys("*");
      const value = String(await admin.get(key));
      await admin.del(key);
      // Times and proofs differ.
      return [key, value.replace(/^1 \d{10} \d{10}/, "1").replace(/[\w-]{22}\n/, "\n")];
    };
    const params = { subject: "émilie", replaces: true };
    expect(await stored(() => theirs("issue", data, params))).toEqual(
      await stored(() => ours.issue(data, params)),
    );
    expect(await stored(() => theirs("issueCode", "émilie", data, { attempts: 7 }))).toEqual(
      await stored(() => ours.issueCode({ subject: "émilie", data, attempts: 7 })),
    );
  });

  test("each replaces what the other has issued to a subject", async () => {
    const params = { subject: "42", replaces: true };
    const first = await ours.issue(1, params);
    const second = String(await theirs("issue", 2, params));
    expect([await ours.consume(first), await theirs("consume", first)]).toEqual([null, null]);
    const third = await ours.issue(3, params);
    expect(await theirs("consume", second)).toBeNull();
    expect((await theirs("consume", third))?.data).toBe(3);
  });

  test("guesses at both count, and each takes the other's code", async () => {
    const code = await ours.issueCode({ subject: "42", data, attempts: 3 });
    expect(await theirs("consumeCode", "42", wrong(code))).toBeNull();
    expect(await ours.consumeCode("42", wrong(code))).toBeNull();
    expect(await theirs("consumeCode", "42", code)).toMatchObject({ data, subject: "42" });
    const last = String(await theirs("issueCode", "42", data, { attempts: 2 }));
    expect(await ours.consumeCode("42", wrong(last))).toBeNull();
    expect(await theirs("consumeCode", "42", wrong(last))).toBeNull();
    expect(await ours.consumeCode("42", last)).toBeNull();
    const right = String(await theirs("issueCode", "42", data, {}));
    expect((await ours.consumeCode("42", right))?.data).toEqual(data);
  });

  test("revokeAll at one ends what the other has issued", async () => {
    const token = await ours.issue(1, { subject: "42", replaces: true });
    const code = await ours.issueCode({ subject: "42", data });
    expect([await theirs("revokeAll", "42"), await theirs("revokeAll", "42")]).toEqual([true, false]);
    expect([await ours.consume(token), await ours.consumeCode("42", code)]).toEqual([null, null]);
  });

  test.each([{}, { subject: "42", replaces: true }])(
    "of racers in both languages one consumes a token of %j",
    async (params) => {
      const processes = [start(redis.port), start(redis.port), ask];
      for (const process of processes) await process("connect");
      for (let round = 0; round < 20; round++) {
        const token = await ours.issue(round, params);
        const racers = processes.map((process) => process("once", options, secret, "consume", token));
        const found = await Promise.all([...racers, ours.consume(token), ours.consume(token)]);
        expect(found.filter((each) => each !== null)).toMatchObject([{ data: round }]);
      }
    },
  );
});
