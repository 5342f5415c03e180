import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createRwt, type Rwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { type CallWorker, startEdgeWorker } from "../edge/start-worker.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { type Client, inPhp, inPython } from "./clients.ts";
import type { Ask } from "./format-suite.ts";

/** An implementation on a runtime. */
interface Party {
  readonly name: string;
  sign(data: unknown, options: object): Promise<unknown>;
  /** Returns only the data, since PHP says `false` where TypeScript says `null`. `undefined` for a token that isn't live. */
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

function inAnother({ name, start }: Client): Party {
  const [still, sliding] = [start(redis.port), start(redis.port, { verifyExtendsToken: true })];
  const dataOf = async (ask: Ask, token: string) => ((await ask("session", token, secret)) as Found)?.data;
  return {
    name,
    sign: (data, options) => still("sign", data, secret, options),
    verify: (token) => dataOf(still, token),
    slide: (token) => dataOf(sliding, token),
    extend: (token) => still("extend", token, secret),
    destroy: (token) => still("destroy", token, secret),
  };
}

const others = [inPhp("phpredis"), inPython("sync"), inPython("asyncio")];
const parties = [
  onNode(),
  inWorkerd(await startEdgeWorker(rest, secret)),
  ...others.filter(({ isThere }) => isThere).map(inAnother),
];
const cells = parties.flatMap((signer) =>
  parties.map((other) => [signer.name, other.name, signer, other] as const),
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

for (const { name, isThere } of others)
  if (!isThere) test(`the cells of ${name}`, (context) => context.skip());

describe.each(cells)("signed by %s, read by %s", (_signer, _other, signer, other) => {
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
    for (const party of parties) {
      expect([await party.verify(token), await party.slide(token)]).toEqual([undefined, undefined]);
    }
    for (const party of parties) {
      expect([await party.extend(token), await party.destroy(token)]).toEqual([false, false]);
    }
    expect(await admin.keys("*:s:*")).toEqual([]);
  });
});
