/** A Redis that is killed, restarted empty and frozen, while every store sends commands without a pause. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createRwt, type Rwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { Tally } from "../failover/tally.ts";
import { atEnd } from "../support/at-end.ts";
import { forged } from "../support/forged.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const secret = "a secret of the tests, 32 bytes or more";
const SESSIONS = 40;
const WORKERS = 4;

test("killed and frozen under load: no answer is wrong, and every service recovers by itself", async () => {
  const redis = await ownRedis();
  const rest = await ownRest(redis);
  const services = storeKinds(redis, rest).map(({ name, open }) => {
    const rwt: Rwt<string> = createRwt<string>({ store: open({ timeout: 500 }), secret });
    return { name, rwt, tally: new Tally() };
  });
  const store = ioredisStore(redis.url, { timeout: 20_000 });
  atEnd(() => store.disconnect());
  const signer = createRwt<string>({ store, secret });

  /** Odd from the kill until all sessions are signed again. Meanwhile, sessions that were live may be found live or dead. */
  let generation = 0;
  let live: [token: string, data: string][] = [];
  const dead: string[] = [];
  const signAll = async (): Promise<void> => {
    const names = Array.from({ length: SESSIONS }, (_, i) => `${generation}: ${i}`);
    live = await Promise.all(names.map(async (name) => [await signer.sign(name), name] as [string, string]));
  };

  let isOver = false;
  const strangers: unknown[] = [];
  const work = async ({ rwt, tally }: (typeof services)[number], start: number): Promise<void> => {
    for (let turn = start; !isOver; turn++) {
      const [token = "", data = ""] = live[turn % SESSIONS] ?? [];
      const began = generation;
      const read = async (which: string) => (await rwt.verify(which))?.data ?? null;
      const answer = await tally.count(
        () => read(token),
        data,
        () => began === generation && began % 2 === 0,
      );
      if (answer !== undefined && answer !== null && answer !== data) strangers.push({ answer, data });
      const ended = dead[turn % (dead.length || 1)];
      if (ended !== undefined) await tally.count(() => read(ended), null);
      await tally.count(() => read(forged(token)), null);
      await new Promise(setImmediate);
    }
  };

  const untilAllAnswer = async (): Promise<void> => {
    const from = performance.now();
    for (const { name, tally } of services) {
      await expect.poll(() => tally.isQuiet(from, 100), { timeout: 20_000, message: name }).toBe(true);
    }
  };

  await signAll();
  const working = services.flatMap((service) =>
    Array.from({ length: WORKERS }, (_, i) => work(service, i * 7)),
  );
  for (let i = 0; i < 2; i++) {
    await untilAllAnswer();
    const doomed = live.map(([token]) => token);
    generation++;
    await redis.kill();
    await sleep(300);
    await redis.restart();
    dead.push(...doomed);
    await signAll();
    generation++;
    await untilAllAnswer();
    redis.freeze();
    await sleep(700);
    redis.thaw();
  }
  await untilAllAnswer();
  isOver = true;
  await Promise.all(working);
  expect(strangers).toEqual([]);
  for (const { name, tally } of services) {
    expect(tally.wrong, name).toEqual([]);
    expect(tally.errors.length, name).toBeGreaterThan(0);
    expect(tally.right, name).toBeGreaterThan(20);
  }
}, 90_000);
