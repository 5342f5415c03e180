import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createRwt, type Rwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { type CallWorker, startEdgeWorker } from "../edge/start-worker.ts";
import { atEnd } from "../support/at-end.ts";
import { type Bridge, startBridge } from "../support/bridge.ts";
import { php, phpMissing } from "../support/interop.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

/** One implementation on one runtime. */
interface Party {
  readonly name: string;
  sign(data: unknown, options: object): Promise<unknown>;
  /** The data alone, since PHP says `false` where TypeScript says `null`; `undefined` for no live token. */
  verify(token: string): Promise<unknown>;
  slide(token: string): Promise<unknown>;
  extend(token: string): Promise<unknown>;
  destroy(token: string): Promise<unknown>;
}

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
afterAll(() => admin.quit());
beforeEach(() => admin.flushall());
const secret = "a secret that all languages share, 32 bytes or more";

type Found = { readonly data: unknown } | null;

function onNode(): Party {
  const make = (verifyExtendsToken: boolean): Rwt =>
    createRwt({ store: ioredisStore(redis.url), secret, verifyExtendsToken });
  const [still, sliding] = [make(false), make(true)];
  atEnd(() => Promise.all([still.disconnect(), sliding.disconnect()]));
  return {
    name: "TypeScript on Node",
    sign: (data, options) => still.sign(data, options),
    verify: async (token) => (await still.verify(token))?.data,
    slide: async (token) => (await sliding.verify(token))?.data,
    extend: (token) => still.extend(token),
    destroy: (token) => still.destroy(token),
  };
}

function inWorkerd(call: CallWorker): Party {
  return {
    name: "TypeScript in workerd over HTTP",
    sign: (data, options) => call("sign", { data: JSON.stringify(data), options: JSON.stringify(options) }),
    verify: async (token) => ((await call("verify", { token, slide: "no" })) as Found)?.data,
    slide: async (token) => ((await call("verify", { token })) as Found)?.data,
    extend: (token) => call("extend", { token }),
    destroy: (token) => call("destroy", { token }),
  };
}

function inPhp(command: string): Party {
  const make = (verifyExtendsToken: boolean): Bridge => {
    const config = { redis: { host: "127.0.0.1", port: redis.port }, custom: { verifyExtendsToken } };
    const program = join(root, "interop/php/tests/bridge.php");
    return startBridge(command, [program, JSON.stringify(config), "phpredis"]);
  };
  const [still, sliding] = [make(false), make(true)];
  const ask = async (bridge: Bridge, op: string, ...args: unknown[]): Promise<unknown> => {
    const answer = (await bridge({ op, args })) as { result?: unknown; error?: unknown };
    if ("error" in answer) throw new Error(JSON.stringify(answer.error));
    return answer.result;
  };
  const dataOf = async (bridge: Bridge, token: string) =>
    ((await ask(bridge, "session", token, secret)) as Found)?.data;
  return {
    name: "PHP",
    sign: (data, options) => ask(still, "sign", data, secret, options),
    verify: (token) => dataOf(still, token),
    slide: (token) => dataOf(sliding, token),
    extend: (token) => ask(still, "extend", token, secret),
    destroy: (token) => ask(still, "destroy", token, secret),
  };
}

const parties = [onNode(), inWorkerd(await startEdgeWorker(rest, secret)), ...(php ? [inPhp(php)] : [])];
const cells = parties.flatMap((signer) =>
  parties.map((other) => [signer.name, other.name, signer, other] as const),
);
const user = { id: 42, name: "Zoë 🎟", admin: false, none: null, deep: { list: [0, "", { x: 1.5 }] } };

async function onlyKey(): Promise<string> {
  const keys = await admin.keys("*:s:*");
  expect(keys).toHaveLength(1);
  return keys[0] ?? "";
}

if (php === undefined) test(`the cells of PHP${phpMissing}`, (context) => context.skip());

describe.each(cells)("signed by %s, then by %s", (_signer, _other, signer, other) => {
  const sign = async () =>
    String(await signer.sign(user, { expire: 100, subject: "user-42", meta: { device: "iPad" } }));

  test("verified, which leaves its life as it is", async () => {
    const token = await sign();
    await admin.expire(await onlyKey(), 10);
    expect(await other.verify(token)).toEqual(user);
    expect(await admin.ttl(await onlyKey())).toBeLessThanOrEqual(10);
  });

  test("slid to the token's own idle time-out", async () => {
    const token = await sign();
    await admin.expire(await onlyKey(), 10);
    expect(await other.slide(token)).toEqual(user);
    const ttl = await admin.ttl(await onlyKey());
    expect([ttl > 90, ttl <= 100]).toEqual([true, true]);
  });

  test("extended", async () => {
    const token = await sign();
    await admin.expire(await onlyKey(), 10);
    expect(await other.extend(token)).toBe(true);
    expect(await admin.ttl(await onlyKey())).toBeGreaterThan(90);
  });

  test("destroyed, for all", async () => {
    const token = await sign();
    expect(await other.destroy(token)).toBe(true);
    expect((await admin.keys("*:s:*")).length).toBe(0);
    for (const party of parties) {
      expect(await party.verify(token)).toBeUndefined();
      expect(await party.extend(token)).toBe(false);
      expect(await party.destroy(token)).toBe(false);
    }
    expect((await admin.keys("*:s:*")).length).toBe(0);
  });
});
