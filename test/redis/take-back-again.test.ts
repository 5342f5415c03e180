/** Sessions that nobody holds, where a command comes late or twice, a reply makes no sense, or others are waited for. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import { afterEach, expect, test, vi } from "vitest";
import { createRwt } from "../../src/index.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { once } from "../doubles/rest-server/faults.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { newSession, noting, OWNED } from "./stub-connection.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const lost = Object.assign(new Error("lost"), { code: "ECONNRESET" });
const member = (name: string): typeof OWNED => ({ ...OWNED, session: `{p}:s:${name}`, member: name });

test("a client of the caller's that sends a sign once more stores nothing that stays", async () => {
  const redis = await ownRedis();
  const rest = await ownRest(redis);
  const admin = new Redis(redis.url);
  atEnd(() => admin.disconnect());
  const client = new UpstashRedis({
    url: rest.url,
    token: rest.token,
    retry: { retries: 3, backoff: () => 200 },
  });
  const rwt = createRwt({ store: upstashStore(client), secret: "a secret of the tests, 32 bytes or more" });
  await rwt.destroy(await rwt.sign(0, { subject: "ada" }));
  rest.faults.dropAfter = once(true);
  const sign = rwt.sign(1, { subject: "ada", signal: AbortSignal.timeout(60) });
  await expect(sign).rejects.toMatchObject({ name: "TimeoutError" });
  // By then the client has sent it again.
  await sleep(500);
  await expect.poll(() => admin.keys("*:s:*"), { timeout: 5000 }).toEqual([]);
});

test.each([
  ["a reply of another type", ["created"]],
  ["another word", "QUEUED"],
])("after %s, which leaves open what was stored", async (_, reply) => {
  const { sent, store } = noting([reply, 1]);
  await expect(store.create(newSession(OWNED), { now: 0 })).rejects.toMatchObject({ reason: "reply" });
  await expect.poll(() => sent.length).toBeGreaterThan(1);
  expect(sent[1]?.keys).toEqual([OWNED.session, OWNED.person, OWNED.index]);
  await store.disconnect();
});

test("is looked for as long as a closed socket may still send", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const { sent, store } = noting([lost, ...Array.from({ length: 20 }, () => 0)]);
  await store.create(newSession(OWNED, { ttl: 3600 }), { now: 0 }).catch(() => {});
  await vi.advanceTimersByTimeAsync(15_000);
  const { length } = sent;
  await vi.advanceTimersByTimeAsync(110_000);
  expect(sent.length).toBe(length + 1);
  // Then it is done.
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(sent.length).toBe(length + 1);
});

test("doesn't wait while another one is waited for", async () => {
  const { sent, store } = noting([lost, 0, 0, lost]);
  await store.create(newSession(member("a")), { now: 0 }).catch(() => {});
  // The next look at it is due after a second.
  await expect.poll(() => sent.length).toBe(3);
  await store.create(newSession(member("b")), { now: 0 }).catch(() => {});
  await expect.poll(() => sent[4]?.keys[0], { timeout: 300 }).toBe("{p}:s:b");
  await store.disconnect();
});

test("doesn't count against the limit of a sign that was under way before it was given up", async () => {
  const replies: ((reply: unknown) => void)[] = [];
  const { sent, store } = noting([], {
    send(command) {
      sent.push(command);
      return new Promise((resolve) => {
        replies.push(resolve);
      });
    },
  });
  const controller = new AbortController();
  const limit = { max: 1, endOldest: true };
  const first = store.create(newSession(member("a")), { now: 0, limit, signal: controller.signal });
  const second = store.create(newSession(member("b")), { now: 0, limit });
  await expect.poll(() => replies.length).toBe(2);
  controller.abort(new Error("gave up"));
  await expect(first).rejects.toThrow("gave up");
  replies[1]?.(["full", ["a", "1795000600", "real", "1795000600"]]);
  await expect.poll(() => sent.find(({ keys }) => keys.includes("{p}:s:real"))).toBeDefined();
  expect(sent.find(({ keys }) => keys.includes("{p}:s:real"))?.keys).not.toContain("{p}:s:a");
  for (const reply of replies) reply(["created", []]);
  await second;
  await store.disconnect();
});

test("is taken back by a later request, where the one that began to went away with its timers (Workers)", async () => {
  // Never advanced: not by `expect.poll` either, which would.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { sent, store } = noting([lost, lost, lost, 1, 1]);
  await store.create(newSession(member("a"), { ttl: 3600 }), { now: 0 }).catch(() => {});
  await sleep(30);
  expect(sent).toHaveLength(2);
  const later = performance.now() + 300_000;
  vi.spyOn(performance, "now").mockReturnValue(later);
  await store.create(newSession(member("b")), { now: 0 }).catch(() => {});
  await sleep(30);
  expect(new Set(sent.slice(3).map(({ keys }) => keys[0]))).toEqual(new Set(["{p}:s:a", "{p}:s:b"]));
});
