import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { watch } from "../../src/watch/index.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import type { StoreKind } from "../support/store-kinds.ts";
import { storeKinds } from "../support/store-kinds.ts";
import { collected, endOf, until } from "./watched.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const outside = new Redis(redis.url);
atEnd(() => outside.disconnect());

const memory: StoreKind = { name: "memory", open: () => memoryStore() };
const kinds = [...storeKinds(redis, rest), memory];
const secret = "a secret of the watch tests, 32 bytes";

describe.each(kinds)("over $name", (kind) => {
  /** Whether the store reports changes. Otherwise one look a second finds them. */
  const reports = !kind.name.startsWith("upstash");
  const atMost = reports ? 500 : 2500;

  function service(options: { expire?: number; maxLifetime?: number; verifyExtendsToken?: boolean } = {}) {
    const store = kind.open();
    const other = createRwt<{ n: number }>({ store, secret, ...options }).with(sessions());
    const rwt = createRwt<{ n: number }>({ store, secret, ...options })
      .with(sessions())
      .with(watch({ every: 1 }));
    atEnd(() => rwt.disconnect());
    return { rwt, other };
  }

  test("tells an end by destroy, once, with its reason", async () => {
    const { rwt, other } = service();
    const token = await rwt.sign({ n: 1 }, { subject: "ada" });
    const watching = rwt.watch(token);
    const events = collected(watching);
    await until(() => events.length === 1);
    expect(events).toMatchObject([{ type: "live", session: { data: { n: 1 }, subject: "ada" } }]);
    await other.destroy(token);
    const { end, ms } = await endOf(watching);
    const reason = reports ? "destroyed" : "ended";
    expect(end).toEqual({ reason });
    expect(ms).toBeLessThan(atMost);
    await until(() => events.length === 2);
    expect(events.slice(1)).toEqual([{ type: "ended", reason }]);
    expect(await watching.next()).toEqual({ done: true, value: undefined });
  });

  test("tells an end of all of a person's sessions, but for the one that stays", async () => {
    const { rwt, other } = service();
    const [one, two] = [
      await rwt.sign({ n: 1 }, { subject: "grace" }),
      await rwt.sign({ n: 2 }, { subject: "grace" }),
    ];
    const [first, second] = [rwt.watch(one), rwt.watch(two)];
    const events = collected(second);
    await until(() => events.length === 1);
    await other.destroyAll("grace", { except: two });
    expect((await endOf(first)).end).toEqual({ reason: "destroyed_all" });
    await other.updateAll("grace", { n: 3 });
    await until(() => events.length === 2);
    expect(events[1]).toMatchObject({ type: "changed", session: { data: { n: 3 } } });
    second.stop();
    expect(await second.ended).toBeNull();
  });

  test("tells changes of the data, and no rotation, no check and no slide", async () => {
    const { rwt, other } = service({ verifyExtendsToken: true });
    const token = await rwt.sign({ n: 1 });
    const watching = rwt.watch(token);
    const events = collected(watching);
    await until(() => events.length === 1);
    const rotated = (await other.rotate(token, { grace: 0 })) as string;
    await other.verify(rotated);
    await other.extend(rotated);
    await other.update(rotated, { n: 2 });
    await until(() => events.length === 2);
    expect(events[1]).toMatchObject({ type: "changed", session: { data: { n: 2 } } });
    await other.destroy(rotated);
    expect((await endOf(watching)).end).not.toBeNull();
    expect(events.map(({ type }) => type)).toEqual(["live", "changed", "ended"]);
  });

  test("gives changes that nobody read yet as one, with the newest data", async () => {
    const { rwt, other } = service();
    const token = await rwt.sign({ n: 0 });
    const watching = rwt.watch(token);
    expect((await watching.next()).value).toMatchObject({ type: "live" });
    const looksAt = rwt.watch(token);
    for (let n = 1; n <= 20; n++) await other.update(token, { n });
    const seen = collected(looksAt);
    await until(() => seen.some((event) => "session" in event && event.session.data.n === 20));
    await new Promise((resolve) => setTimeout(resolve, reports ? 100 : 1100));
    const change = await watching.next();
    expect(change.value).toMatchObject({ type: "changed", session: { data: { n: 20 } } });
    for (const each of [watching, looksAt]) each.stop();
    expect(await watching.next()).toEqual({ done: true, value: undefined });
  });

  test("resolves soon for what isn't live, and never rejects", async () => {
    const { rwt } = service();
    const ended = await rwt.sign({ n: 1 });
    await rwt.destroy(ended);
    for (const token of [ended, "rwt_forged", "", null, undefined, `${ended.slice(0, -1)}A`]) {
      expect((await endOf(rwt.watch(token))).end).toEqual({ reason: "not_live" });
    }
  });

  test("ends with its signal, with a break out of the loop, and with disconnect", async () => {
    const { rwt } = service();
    const token = await rwt.sign({ n: 1 });
    const controller = new AbortController();
    const [aborted, left, disconnected] = [
      rwt.watch(token, { signal: controller.signal }),
      rwt.watch(token),
      rwt.watch(token),
    ];
    for await (const { type } of left) if (type === "live") break;
    expect(await left.ended).toBeNull();
    controller.abort();
    expect(await aborted.ended).toBeNull();
    expect(await rwt.watch(token, { signal: controller.signal }).ended).toBeNull();
    await rwt.disconnect();
    expect(await disconnected.ended).toBeNull();
    // One whose token is still being opened, too.
    const { rwt: starting } = service();
    const early = starting.watch(token);
    await starting.disconnect();
    expect((await endOf(early)).end).toBeNull();
    // The service goes on working.
    const again = rwt.watch(token);
    await rwt.destroy(token);
    expect((await endOf(again)).end).not.toBeNull();
  });

  test("tells an idle timeout and a deadline, and never extends a session", async () => {
    const { rwt } = service({ expire: 2 });
    const idle = rwt.watch(await rwt.sign({ n: 1 }));
    const { end } = await endOf(idle);
    expect(end).toEqual({ reason: reports ? "idle" : "ended" });
    const { rwt: short } = service({ maxLifetime: 2 });
    expect((await endOf(short.watch(await short.sign({ n: 1 })))).end).toEqual({ reason: "deadline" });
  });

  test("ends a session whose rotated token is watched, which is theft, and a straggler's watch alone", async () => {
    const { rwt, other } = service();
    const token = await rwt.sign({ n: 1 });
    const next = (await other.rotate(token, { retry: false })) as string;
    await other.verify(next);
    const good = rwt.watch(next);
    const events = collected(good);
    await until(() => events.length === 1);
    expect((await endOf(rwt.watch(token))).end).toEqual({ reason: "not_live" });
    expect(await other.verify(next)).not.toBeNull();
    good.stop();
  });
});

describe("over TCP", () => {
  test("sees what redis-cli does: DEL, and an eviction of the person's key", async () => {
    for (const [at, kind] of kinds.slice(2, 6).entries()) {
      const prefix = `cli:${at}:`;
      const rwt = createRwt({ store: kind.open(), secret, prefix }).with(watch());
      const [one, two] = [
        rwt.watch(await rwt.sign(1, { subject: "one" })),
        rwt.watch(await rwt.sign(2, { subject: "two" })),
      ];
      const events = [collected(one), collected(two)];
      await until(() => events.every(({ length }) => length === 1));
      const keys = await outside.keys(`${prefix}*`);
      await outside.del(keys.filter((key) => /:s:/.test(key)).slice(0, 1));
      await Promise.race([one.ended, two.ended]);
      await outside.del(keys.filter((key) => /:p:/.test(key)));
      await Promise.all([endOf(one), endOf(two)]);
      await rwt.disconnect();
    }
  });
});
