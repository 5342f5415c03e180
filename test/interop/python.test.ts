import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { atEnd } from "../support/at-end.ts";
import { startBridge } from "../support/bridge.ts";
import { commandsOf } from "../support/commandstats.ts";
import { forged } from "../support/forged.ts";
import { python, pythonMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";
import { type Ask, formatSuite } from "./format-suite.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
admin.on("error", () => {});
afterAll(() => admin.disconnect());
const secret = "a secret that all languages share, 32 bytes or more";

test("the verifier is short enough to be read in one go", () => {
  const lines = readFileSync(join(root, "interop/python/rwt_verify.py"), "utf8").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(200);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
});

describe.skipIf(python === undefined)(`the Python verifier${pythonMissing}`, () => {
  const bridge = startBridge(python ?? "", [join(root, "interop/python/bridge.py"), redis.url]);
  const ask: Ask = async (op, ...args) => {
    const answer = (await bridge({ op, args })) as { result?: unknown; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result;
  };
  const verify = (token: string, slide = false, secrets = [secret]) => ask("verify", secrets, token, slide);
  const dataOf = async (token: string) => ((await verify(token)) as { data: unknown } | null)?.data;
  const rwt = createRwt({ store: ioredisStore(redis.url), secret }).with(sessions());
  atEnd(() => rwt.disconnect());
  beforeEach(() => admin.flushall());
  const kinds = [{}, { subject: "émilie" }];

  formatSuite({ ask, read: (token) => verify(token), secret, decrypts: false }, admin);

  test.each([
    { data: { name: "Zoë 🎟", deep: [0, null, { a: false }] } },
    { data: false },
    { data: 0 },
    { data: "" },
    { data: null },
    { data: ["\ud800"] },
  ])("verifies what TypeScript signed: $data", async ({ data }) => {
    const token = await rwt.sign(data, { subject: "émilie", meta: { device: "iPad" } });
    expect(await verify(token)).toMatchObject({ data, subject: "émilie", meta: { device: "iPad" } });
    expect(await verify(token, false, ["another secret of 32 bytes or more", secret])).not.toBeNull();
    expect(await verify(token, false, ["another secret of 32 bytes or more"])).toBeNull();
  });

  test("slides to the token's own timeout, never past the deadline, and only when asked to", async () => {
    const earlier = () => Math.floor(Date.now() / 1000) - 20;
    const old = createRwt({ store: ioredisStore(admin), secret, maxLifetime: 50, expire: 50, now: earlier });
    for (const kind of kinds) {
      await admin.flushall();
      const [token, short] = [await rwt.sign(1, { expire: 100, ...kind }), await old.sign(1, kind)];
      const keys = await admin.keys("*:s:*");
      const ttls = () => Promise.all(keys.map((key) => admin.ttl(key)));
      await Promise.all(keys.map((key) => admin.expire(key, 10)));
      await verify(token);
      expect(Math.max(...(await ttls()))).toBeLessThanOrEqual(10);
      await verify(token, true);
      await verify(short, true);
      const [least = 0, most = 0] = (await ttls()).toSorted((a, b) => a - b);
      expect([least > 20, least <= 30, most > 90, most <= 100]).toEqual([true, true, true, true]);
    }
  });

  test("returns None for an ended session, however it was ended", async () => {
    const [one, two, three] = [
      await rwt.sign(1),
      await rwt.sign(2, { subject: "42" }),
      await rwt.sign(3, { subject: "42" }),
    ];
    await rwt.destroy(one);
    await rwt.destroyAll("42", { except: three });
    expect([await dataOf(one), await dataOf(two), await dataOf(three)]).toEqual([undefined, undefined, 3]);
    await rwt.updateAll("42", "all");
    expect(await dataOf(three)).toBe("all");
    await admin.del(await admin.keys("*:p:*"));
    expect(await dataOf(three)).toBeUndefined();
  });

  test("a token is live until its successor is used, and during its grace; reuse ends the session", async () => {
    for (const kind of kinds) {
      await admin.flushall();
      const old = await rwt.sign(1, kind);
      const next = String(await rwt.rotate(old));
      expect([await dataOf(old), await dataOf(next), await dataOf(old), await dataOf(next)]).toEqual([
        1,
        1,
        undefined,
        1,
      ]);
      const third = String(await rwt.rotate(next, { grace: 60 }));
      expect([await dataOf(third), await dataOf(next)]).toEqual([1, 1]);
      const [key = ""] = await admin.keys("*:s:*");
      await admin.setrange(key, 33, "0000000005");
      await admin.setrange(key, 44, "0000000005");
      expect([await dataOf(next), await dataOf(third)]).toEqual([undefined, undefined]);
    }
  });

  test("a token whose rotation a failover lost is live, and recorded", async () => {
    const old = await rwt.sign(1, { subject: "42" });
    const [key = ""] = await admin.keys("*:s:*");
    const before = (await admin.get(key)) ?? "";
    const next = String(await rwt.rotate(old));
    await admin.set(key, before, "EX", 60);
    expect([await dataOf(next), await dataOf(old), await rwt.verify(old)]).toEqual([1, undefined, null]);
  });

  test("if a token's use can't be recorded, the answer is still right", async () => {
    const next = String(await rwt.rotate(await rwt.sign(1)));
    await admin.call("ACL", "SETUSER", "reader", "on", ">pass", "~*", "+get", "+mget");
    const url = redis.url.replace("redis://", "redis://reader:pass@");
    const reader = startBridge(python ?? "", [join(root, "interop/python/bridge.py"), url]);
    expect(await reader({ op: "verify", args: [[secret], next, false] })).toMatchObject({
      result: { data: 1 },
    });
    await admin.call("ACL", "DELUSER", "reader");
  });

  test("costs one round trip, and none for a malformed, a forged and a past-deadline token", async () => {
    const [token, theirs] = [await rwt.sign(1), await rwt.sign(1, { subject: "42" })];
    const past = await createRwt({ store: ioredisStore(admin), secret, now: () => 1_000_000_000 }).sign(1);
    await verify(token);
    expect(await commandsOf(admin, () => verify(token))).toEqual({ get: 1 });
    expect(await commandsOf(admin, () => verify(token, true))).toEqual({ getex: 1 });
    expect(await commandsOf(admin, () => verify(theirs))).toEqual({ mget: 1 });
    expect(await commandsOf(admin, () => verify(theirs, true))).toEqual({ expire: 1, mget: 1 });
    const sent = await commandsOf(admin, async () => {
      for (const bad of [forged(token), past, "", ...vectors.rejected.map((each) => each.token)]) {
        expect(await verify(bad)).toBeNull();
        expect(await verify(bad, true)).toBeNull();
      }
    });
    expect(sent).toEqual({});
  });

  test("an encrypted session is an exception, since it can't be read", async () => {
    const encrypted = createRwt({ store: ioredisStore(admin), secret }).with(encryption());
    for (const kind of kinds)
      await expect(verify(await encrypted.sign(1, kind))).rejects.toThrow("Unavailable");
  });

  test("an outage, or a value that isn't a session, is an exception, never None", async () => {
    const tokens = [await rwt.sign(1), await rwt.sign(1, { subject: "42" })];
    for (const key of await admin.keys("*:s:*")) await admin.set(key, "no session", "EX", 60);
    for (const token of tokens) await expect(verify(token)).rejects.toThrow("Unavailable");
    await redis.kill();
    for (const token of tokens) await expect(verify(token)).rejects.toThrow("Unavailable");
  });
});
