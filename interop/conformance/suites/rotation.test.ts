import { expect } from "vitest";
import { tokenVector } from "../../../tools/vectors/token.ts";
import { describeClients, expectOutage } from "../checks.ts";
import { startClients } from "../clients.ts";
import { openStage, secret } from "../stage.ts";

const { redis, admin, rwt, endGrace } = await openStage();
const subject = "émilie";
const KINDS = [{ subject }, {}];

async function valueOfSession(): Promise<string> {
  const [key = ""] = await admin.keys("*:s:*");
  return (await admin.get(key)) ?? "";
}

/** What tokens of an older generation may do, and what a rotation writes. */
describeClients("rotation", await startClients(), (client, check) => {
  const its = client.service({ redis: redis.url, secret });

  check(
    "rotate",
    [],
    "writes when the token before ends and until when stragglers are no thieves",
    async () => {
      for (const [options, until, again] of [
        [{}, 0, 10],
        [{ grace: 5 }, 5, 10],
        [{ grace: 60 }, 60, 62],
      ] as const) {
        const token = await rwt.sign(1, { subject });
        const before = Math.floor(Date.now() / 1000);
        await its.rotate(token, options);
        const [, , , generation, state, untilAt, againAt] = (await valueOfSession()).slice(0, 72).split(" ");
        expect([generation, state], "generation and state").toEqual(["00001", "0"]);
        expect(Number(againAt) - Number(untilAt), "again, compared with until").toBe(again - until);
        expect(Number(untilAt) - before - until, "until").toBeLessThanOrEqual(5);
        await admin.flushall();
      }
    },
  );

  check(
    "rotate",
    [],
    "a retry gets the same successor for ten seconds, two generations later none",
    async () => {
      const first = await rwt.sign(1, { subject });
      const second = String(await its.rotate(first));
      expect((await rwt.verify(second))?.data).toBe(1);
      expect(await its.rotate(first)).toBe(second);
      const third = String(await its.rotate(second));
      expect((await rwt.verify(third))?.data).toBe(1);
      expect(await its.rotate(first)).toBeNull();
      expect((await rwt.verify(third))?.data).toBe(1);
    },
  );

  check("rotate", [], "by a stolen token ends the session", async () => {
    for (const options of KINDS) {
      const stolen = await rwt.sign(1, options);
      const used = String(await rwt.rotate(stolen));
      expect((await rwt.verify(used))?.data).toBe(1);
      await endGrace();
      expect(await its.rotate(stolen)).toBeNull();
      expect(await rwt.verify(used)).toBeNull();
      await admin.flushall();
    }
  });

  check("rotate", [], "the last generation can't be rotated", async () => {
    const last = { secret, subject: null, deadline: 4_102_444_800, expire: 3600, generation: 65_535 };
    const { token, sessionKey } = tokenVector({ ...last, id: "0123456789abcdef0123456789abcdef" });
    const value = "1 1795000000 ----------- 65535 1 0000000000 0000000000 00000000 00000000\n{}\n1";
    await admin.set(sessionKey, value, "EX", 60);
    await expect(its.rotate(token)).rejects.toThrow("ERR_RWT_ROTATION_LIMIT");
    expect(await admin.get(sessionKey)).toBe(value);
    expect((await its.verify(token))?.data).toBe(1);
  });

  const acts = [
    ["extend", (token: string) => its.extend(token)],
    ["update", (token: string) => its.update(token, { n: 2 })],
    ["increment", (token: string) => its.increment(token)],
  ] as const;
  for (const [op, act] of acts) {
    check(op, [], "does nothing by a token that was replaced", async () => {
      for (const options of KINDS) {
        const old = await rwt.sign({ n: 1 }, options);
        await rwt.rotate(old, { retry: false });
        const [key = ""] = await admin.keys("*:s:*");
        await admin.expire(key, 50);
        const before = await valueOfSession();
        expect(await act(old)).toBe(false);
        expect(await valueOfSession()).toBe(before);
        expect(await admin.ttl(key)).toBeLessThanOrEqual(50);
        await admin.flushall();
      }
    });

    check(op, [], "is a use of the successor, which ends the token before", async () => {
      for (const options of KINDS) {
        const old = await rwt.sign({ n: 1 }, options);
        const next = String(await rwt.rotate(old));
        expect(await act(next)).toBe(true);
        expect((await valueOfSession()).slice(31, 32), "the state").toBe("1");
        expect(await rwt.verify(old)).toBeNull();
        await admin.flushall();
      }
    });
  }

  check(
    "destroy",
    [],
    "by a token that was replaced ends the session, and its name in the index",
    async () => {
      for (const options of KINDS) {
        const old = await rwt.sign(1, options);
        const next = String(await rwt.rotate(old, { retry: false }));
        expect(await its.destroy(old)).toBe(true);
        expect(await rwt.verify(next)).toBeNull();
        expect(await admin.keys("*:[si]:*")).toEqual([]);
        await admin.flushall();
      }
    },
  );

  check(
    "reauthenticate",
    [],
    "ends the token before at once, and keeps what the client doesn't know",
    async () => {
      for (const options of KINDS) {
        const old = await rwt.sign({ n: 1 }, options);
        const [key = ""] = await admin.keys("*:s:*");
        const [header = "", facts, data] = (await valueOfSession()).split("\n");
        await admin.set(key, [`${header} later`, facts, data, "", "line 5"].join("\n"), "EX", 60);
        const fresh = String(await its.reauthenticate(old, { at: 1_700_000_000, amr: ["pwd"] }));
        expect(await rwt.verify(old), "by the token before").toBeNull();
        expect((await rwt.verify(fresh))?.auth).toEqual({ at: 1_700_000_000, amr: ["pwd"] });
        const after = (await valueOfSession()).split("\n");
        expect([after[0]?.slice(72), after[4]]).toEqual([" later", "line 5"]);
        expect(after[3], "a whole number has no fraction").toMatch(/"at":\s?1700000000[,}]/);
        await admin.flushall();
      }
    },
  );

  check("verify", [], "answers without the right to write, and judges no older token then", async () => {
    const old = await rwt.sign(1, { subject });
    const next = String(await rwt.rotate(old));
    await admin.call("acl", "setuser", "default", "-eval", "-evalsha");
    try {
      expect((await its.verify(next))?.data).toBe(1);
      await expectOutage(its.verify(old), "verify of an older token");
    } finally {
      await admin.call("acl", "setuser", "default", "+@all");
    }
  });
});
