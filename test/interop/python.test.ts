import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { encryptedStore } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
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

test("the verifier has at most 60 lines", () => {
  const lines = readFileSync(join(root, "interop/python/rwt_verify.py"), "utf8").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(60);
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
  const rwt = createRwt({ store: ioredisStore(redis.url), secret });
  atEnd(() => rwt.disconnect());
  beforeEach(() => admin.flushall());

  formatSuite(ask);

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

  test("slides to the token's own time-out, never past the deadline, and not unless it is asked", async () => {
    const token = await rwt.sign(1, { expire: 100 });
    const earlier = () => Date.now() / 1000 - 20;
    const old = createRwt({ store: ioredisStore(admin), secret, maxLifetime: 50, expire: 50, now: earlier });
    const short = await old.sign(1);
    const keys = await admin.keys("*");
    await Promise.all(keys.map((key) => admin.expire(key, 10)));
    await verify(token);
    expect(Math.max(...(await Promise.all(keys.map((key) => admin.ttl(key)))))).toBeLessThanOrEqual(10);
    await verify(token, true);
    await verify(short, true);
    const ttls = await Promise.all(keys.map((key) => admin.ttl(key)));
    expect(Math.min(...ttls)).toBeGreaterThan(20);
    expect(Math.min(...ttls)).toBeLessThanOrEqual(30);
    expect(Math.max(...ttls)).toBeGreaterThan(90);
    expect(Math.max(...ttls)).toBeLessThanOrEqual(100);
  });

  test("gives None for a destroyed token", async () => {
    const token = await rwt.sign(1);
    await rwt.destroy(token);
    expect(await verify(token)).toBeNull();
  });

  test("costs one command, and none for a malformed, a forged and a past-deadline token", async () => {
    const token = await rwt.sign(1);
    const past = await createRwt({ store: ioredisStore(admin), secret, now: () => 1_000_000_000 }).sign(1);
    await verify(token);
    expect(await commandsOf(admin, () => verify(token))).toEqual({ get: 1 });
    expect(await commandsOf(admin, () => verify(token, true))).toEqual({ getex: 1 });
    const sent = await commandsOf(admin, async () => {
      for (const bad of [forged(token), past, "", ...vectors.rejected.map((each) => each.token)]) {
        expect(await verify(bad)).toBeNull();
        expect(await verify(bad, true)).toBeNull();
      }
    });
    expect(sent).toEqual({});
  });

  test("an encrypted session is one that it can't read, and so an exception", async () => {
    const token = await createRwt({ store: encryptedStore(ioredisStore(admin), { secret }), secret }).sign(1);
    await expect(verify(token)).rejects.toThrow("Unavailable");
  });

  test("an outage, or a value that is no session, is an exception, never None", async () => {
    const token = await rwt.sign(1);
    const [key = ""] = await admin.keys("*");
    await admin.set(key, "not JSON", "EX", 60);
    await expect(verify(token)).rejects.toThrow("Unavailable");
    await redis.kill();
    await expect(verify(token)).rejects.toThrow("Unavailable");
  });
});
