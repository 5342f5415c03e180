import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createRwt, type Rwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { type CallWorker, startEdgeWorker } from "../edge/start-worker.ts";
import { atEnd } from "../support/at-end.ts";
import { type Bridge, startBridge } from "../support/bridge.ts";
import { php, phpMissing, python, pythonMissing } from "../support/interop.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

/** An implementation on a runtime that reads sessions. */
interface Verifier {
  readonly name: string;
  /** Returns only the data, since PHP says `false` where TypeScript says `null`. `undefined` for a token that isn't live. */
  verify(token: string): Promise<unknown>;
  slide(token: string): Promise<unknown>;
}

/** An implementation that writes sessions too. */
interface Party extends Verifier {
  sign(data: unknown, options: object): Promise<unknown>;
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

function inPython(command: string): Verifier {
  const bridge = startBridge(command, [join(root, "interop/python/bridge.py"), redis.url]);
  const dataOf = async (token: string, slide: boolean) => {
    const answer = (await bridge({ op: "verify", args: [[secret], token, slide] })) as {
      result?: Found;
      error?: string;
    };
    if (answer.result === undefined) throw new Error(answer.error);
    return answer.result?.data;
  };
  return { name: "Python", verify: (token) => dataOf(token, false), slide: (token) => dataOf(token, true) };
}

const parties = [onNode(), inWorkerd(await startEdgeWorker(rest, secret)), ...(php ? [inPhp(php)] : [])];
const verifiers = [...parties, ...(python ? [inPython(python)] : [])];
const cells = parties.flatMap((signer) =>
  parties.map((other) => [signer.name, other.name, signer, other] as const),
);
const readings = parties.flatMap((signer) =>
  verifiers.map((other) => [signer.name, other.name, signer, other] as const),
);
const user = { id: 42, name: "Zoë 🎟", admin: false, none: null, deep: { list: [0, "", { x: 1.5 }] } };

const KINDS = [
  ["with a subject", "user-42"],
  ["without a subject", undefined],
] as const;

async function sessionKey(): Promise<string> {
  const keys = await admin.keys("*:s:*");
  expect(keys).toHaveLength(1);
  return keys[0] ?? "";
}

const signBy = async (signer: Party, subject: string | undefined): Promise<string> =>
  String(await signer.sign(user, { expire: 100, ...(subject && { subject }), meta: { device: "iPad" } }));

if (php === undefined) test(`the cells of PHP${phpMissing}`, (context) => context.skip());
if (python === undefined) test(`the cells of Python${pythonMissing}`, (context) => context.skip());

describe.each(readings)("signed by %s, read by %s", (_signer, _other, signer, other) => {
  test.each(KINDS)("%s: verified, which doesn't extend it", async (_, subject) => {
    const token = await signBy(signer, subject);
    await admin.expire(await sessionKey(), 10);
    expect(await other.verify(token)).toEqual(user);
    expect(await admin.ttl(await sessionKey())).toBeLessThanOrEqual(10);
  });

  test.each(KINDS)("%s: slid to the token's own idle timeout", async (_, subject) => {
    const token = await signBy(signer, subject);
    await admin.expire(await sessionKey(), 10);
    expect(await other.slide(token)).toEqual(user);
    const ttl = await admin.ttl(await sessionKey());
    expect([ttl > 90, ttl <= 100]).toEqual([true, true]);
  });

  test("ended with the person's key", async () => {
    const token = await signBy(signer, "user-42");
    await admin.del(await admin.keys("*:p:*"));
    expect([await other.verify(token), await other.slide(token)]).toEqual([undefined, undefined]);
  });
});

describe.each(cells)("signed by %s, changed by %s", (_signer, _other, signer, other) => {
  test.each(KINDS)("%s: extended", async (_, subject) => {
    const token = await signBy(signer, subject);
    await admin.expire(await sessionKey(), 10);
    expect(await other.extend(token)).toBe(true);
    expect(await admin.ttl(await sessionKey())).toBeGreaterThan(90);
  });

  test.each(KINDS)("%s: destroyed, for every party", async (_, subject) => {
    const token = await signBy(signer, subject);
    expect(await other.destroy(token)).toBe(true);
    expect(await admin.keys("*:s:*")).toEqual([]);
    for (const verifier of verifiers) {
      expect([await verifier.verify(token), await verifier.slide(token)]).toEqual([undefined, undefined]);
    }
    for (const party of parties) {
      expect([await party.extend(token), await party.destroy(token)]).toEqual([false, false]);
    }
    expect(await admin.keys("*:s:*")).toEqual([]);
  });
});
