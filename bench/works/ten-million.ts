import { copierOf } from "../lib/fill.ts";
import { count, measureSizes, nearTheFirst, type Sized } from "../lib/growth.ts";
import { usedBytes } from "../lib/memory.ts";
import { serviceOver, storeOn } from "../lib/ours.ts";
import { type Bench, withGoal } from "../lib/section.ts";
import { openRedis, type Settings, signMany } from "../lib/stage.ts";
import { drawer, median } from "../lib/stats.ts";
import { TTL, user } from "../lib/user.ts";

/** The sessions that are in use. */
const ACTIVE = 10_000;
/** Sessions are signed in this many parts, so that those in use lie among the others. */
const PARTS = 10;

/** Compares verifies of 10,000 sessions in a Redis with no others, and in one with 10,000,000. It needs some 6 GB. */
export const tenMillion = (settings: Settings): Bench => ({
  name: "ten-million",
  async run() {
    await using ends = new AsyncDisposableStack();
    const sizes = [ACTIVE, settings.quick ? 200_000 : 10_000_000];
    const filled: Sized[] = [];
    for (const size of sizes) filled.push(await fill(size, ends));
    const measured = await measureSizes(settings, filled, ({ tokens, rwt }) => {
      const draw = drawer(tokens);
      return (i) => rwt.verify(draw(i));
    });
    return {
      tables: [
        {
          title: `Verifying ${count(ACTIVE)} sessions among many others`,
          columns: [
            { name: "sessions" },
            { name: "memory", unit: "MB" },
            { name: "per session", unit: "B" },
            { name: "verify", unit: "ms" },
            { name: "64 concurrent", unit: "/s" },
          ],
          rows: filled.map(({ size, bytes }) => [
            count(size),
            bytes / 1e6,
            bytes / size,
            measured.get(size)?.p50 ?? null,
            median(measured.get(size)?.perSecond ?? []),
          ]),
        },
      ],
      checks: nearTheFirst(sizes, measured).map((check, i) =>
        withGoal(
          `verify with ${count(sizes.at(-1) ?? 0)} sessions in one Redis, compared with ${count(ACTIVE)}`,
          i === 0 ? "time of a single call" : "64 concurrent",
          check,
        ),
      ),
    };
  },
});

async function fill(size: number, ends: AsyncDisposableStack): Promise<Sized> {
  const { redis, admin } = await openRedis(ends);
  const { store, close } = await storeOn("ioredis", redis.url);
  ends.defer(async () => void (await close()));
  const rwt = serviceOver(store);
  const before = await usedBytes(admin);
  const sign = () => signMany({ sign: () => rwt.sign(user) }, ACTIVE / PARTS);
  const tokens = await sign();
  const writeCopies = await copierOf(admin, TTL);
  const copies = (size - ACTIVE) / PARTS;
  await writeCopies(copies);
  while (tokens.length < ACTIVE) {
    tokens.push(...(await sign()));
    await writeCopies(copies);
  }
  return { size, rwt, tokens, bytes: (await usedBytes(admin)) - before };
}
