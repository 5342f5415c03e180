/** One-time tokens while Redis is slow, out, or loses replies: an outage is an exception, and nothing is ever taken twice. */
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { createOnce, type Once } from "../../src/once/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { wrong } from "../conformance/once-context.ts";
import { faultProxy } from "../doubles/fault-proxy.ts";
import { once as nextRequest } from "../doubles/rest-server/faults.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

const secret = "a secret of the tests, 32 bytes or more";
const redis = await ownRedis();
const rest = await ownRest(redis);
const proxy = await faultProxy(redis.port);
const admin = new Redis(redis.url);
const healthyStore = ioredisStore(redis.url, { timeout: 20_000 });
const healthy = createOnce({ store: healthyStore, secret, purpose: "tests", expire: 60 });
atEnd(async () => {
  admin.disconnect();
  await healthyStore.disconnect();
  await proxy[Symbol.asyncDispose]();
});

const TIMEOUT = 800;
const options = { timeout: TIMEOUT };
const url = `redis://127.0.0.1:${proxy.port}`;
const serviceOn = (store: Parameters<typeof createOnce>[0]["store"]): Once => {
  atEnd(() => store.disconnect());
  return createOnce({ store, secret, purpose: "tests", expire: 60 });
};
const services: readonly { readonly name: string; readonly once: Once }[] = [
  { name: "ioredis", once: serviceOn(ioredisStore(url, options)) },
  { name: "node-redis", once: serviceOn(nodeRedisStore(url, options)) },
  { name: "upstash", once: serviceOn(upstashStore({ url: rest.url, token: rest.token }, options)) },
];

const UNAVAILABLE = { code: "ERR_RWT_STORE_UNAVAILABLE" };

const takeOne = async (once: Once): Promise<unknown> => once.consume(await once.issue(0));

/** Waits until a service answers again. */
const ready = (once: Once): Promise<unknown> =>
  expect.poll(() => takeOne(once).catch(() => null), { timeout: 20_000 }).not.toBeNull();

/** Loses the replies to a work's commands, which Redis runs. */
async function losingReplies(name: string, work: () => Promise<unknown>): Promise<void> {
  if (name === "upstash") rest.faults.dropAfter = nextRequest(true);
  else await proxy.break({ resetsAtReply: true });
  await work();
  await mend();
}

async function mend(): Promise<void> {
  rest.faults.reset();
  await proxy.mend("are reset");
}

afterEach(async () => {
  await mend();
  await admin.call("CLIENT", "UNPAUSE");
  for (const key of await admin.keys("*")) expect(await admin.ttl(key), key).toBeGreaterThan(0);
});

describe.each(services)("over $name", ({ name, once }) => {
  test.each([false, true])(
    "a consume whose reply is lost throws, and has taken the token (replaces: %s)",
    async (replaces) => {
      await ready(once);
      const token = await healthy.issue(1, { subject: name, replaces });
      // Redis must know the script, or the reply that is lost is that it doesn't.
      await once.consume(await healthy.issue(0, { subject: `${name} before`, replaces }));
      await losingReplies(name, () => expect(once.consume(token)).rejects.toMatchObject(UNAVAILABLE));
      expect(await healthy.consume(token)).toBeNull();
      await ready(once);
      expect(await once.consume(token)).toBeNull();
    },
  );

  test("a guess whose reply is lost counts once: no write is sent again", async () => {
    await ready(once);
    const subject = `${name} guess`;
    await once.consumeCode(subject, wrong(await healthy.issueCode({ subject, data: 1 })));
    const code = await healthy.issueCode({ subject, data: 1, attempts: 2 });
    await losingReplies(name, () =>
      expect(once.consumeCode(subject, wrong(code))).rejects.toMatchObject(UNAVAILABLE),
    );
    expect((await healthy.consumeCode(subject, code))?.data).toBe(1);
  });

  test("an issue whose reply is lost throws, and the older link may be gone, but no two work", async () => {
    await ready(once);
    const older = await healthy.issue("older", { subject: name, replaces: true });
    await losingReplies(name, () =>
      expect(once.issue("lost", { subject: name, replaces: true })).rejects.toMatchObject(UNAVAILABLE),
    );
    expect(await healthy.consume(older)).toBeNull();
    const newer = await healthy.issue("newer", { subject: name, replaces: true });
    expect((await healthy.consume(newer))?.data).toBe("newer");
  });

  test("a consume that timed out takes effect late, or not at all, but never twice", async () => {
    await ready(once);
    const token = await healthy.issue(1);
    await admin.call("CLIENT", "PAUSE", String(TIMEOUT + 300), "ALL");
    await expect(once.consume(token)).rejects.toMatchObject({ ...UNAVAILABLE, reason: "timeout" });
    await ready(once);
    const later = [await once.consume(token), await once.consume(token), await healthy.consume(token)];
    expect(later.filter((found) => found !== null).length).toBeLessThanOrEqual(1);
  });

  test("an issue that timed out and is written late revives nothing, and its key expires", async () => {
    await ready(once);
    await admin.flushall();
    const used = await healthy.issue("used", { subject: name, replaces: true });
    await healthy.consume(used);
    await admin.call("CLIENT", "PAUSE", String(TIMEOUT + 300), "ALL");
    const lost = once.issue("lost", { subject: name, replaces: true });
    await expect(lost).rejects.toMatchObject({ reason: "timeout" });
    await ready(once);
    expect(await healthy.consume(used)).toBeNull();
  });

  test("a caller that gives up gets its own reason", async () => {
    await ready(once);
    const token = await healthy.issue(1);
    await admin.call("CLIENT", "PAUSE", "300", "ALL");
    const signal = AbortSignal.timeout(50);
    await expect(once.consume(token, { signal })).rejects.toMatchObject({ name: "TimeoutError" });
    await ready(once);
  });
});

test("without Redis every call that must ask throws, and what is forged still gets null", async () => {
  const token = await healthy.issue(1);
  const code = await healthy.issueCode({ subject: "42", data: 1 });
  await proxy.break({ refuses: true });
  rest.faults.dropBefore = true;
  for (const { once } of services) {
    for (const call of [
      () => once.issue(1),
      () => once.peek(token),
      () => once.consume(token),
      () => once.issueCode({ subject: "42", data: 1 }),
      () => once.consumeCode("42", code),
      () => once.revokeAll("42"),
    ])
      await expect(call()).rejects.toMatchObject(UNAVAILABLE);
    expect(await once.consume("rwto_")).toBeNull();
    expect(await once.consumeCode("42", "none")).toBeNull();
  }
  await mend();
  for (const { once } of services) await ready(once);
  expect((await services[0]?.once.consume(token))?.data).toBe(1);
  expect((await services[2]?.once.consumeCode("42", code))?.data).toBe(1);
});

test("a Redis that refuses to write throws, and takes nothing", async () => {
  const token = await healthy.issue(1);
  await admin.config("SET", "maxmemory-policy", "noeviction");
  await admin.config("SET", "maxmemory", "1");
  await expect(healthy.issue(1)).rejects.toMatchObject({ reason: "memory" });
  await admin.config("SET", "maxmemory", "0");
  expect((await healthy.consume(token))?.data).toBe(1);
});
