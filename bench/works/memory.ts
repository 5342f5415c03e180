import type { Redis } from "ioredis";
import { usedBytes } from "../lib/memory.ts";
import { serviceOver, storeOn } from "../lib/ours.ts";
import { atMost, type Bench } from "../lib/section.ts";
import { bareOn, oursOn } from "../lib/speeds.ts";
import { onStage, type Settings, signMany } from "../lib/stage.ts";
import { user } from "../lib/user.ts";
import { peers } from "../peers/index.ts";

const BARE = bareOn("ioredis");
const OURS = oursOn("ioredis");
const SESSIONS = 10_000;

/** Bytes of Redis for each session of a user of 300 bytes, over 10,000 of them. */
export const memory = (_: Settings): Bench => ({
  name: "memory",
  run: () =>
    onStage([], 0, async ({ redis, admin }) => {
      const found = new Map<string, number>();
      for (const open of peers) {
        const peer = await open(redis.url);
        const left =
          peer.kind === "stateless" || peer.name.includes("Hono") || peer.name.endsWith("node-redis");
        if (!left) found.set(peer.name, await bytesEach(admin, () => signMany(peer, SESSIONS)));
        await peer.close();
      }
      const { store, close } = await storeOn("ioredis", redis.url);
      const rwt = serviceOver(store);
      const rows: (string | number | null)[][] = [...found].map(([name, bytes]) => [name, bytes, null]);
      for (const each of [1, 5]) {
        let signed = 0;
        const sign = () => rwt.sign(user, { subject: `user-${Math.floor(signed++ / each)}` });
        const bytes = await bytesEach(admin, () => signMany({ sign }, SESSIONS));
        const index = await withoutIndexes(admin);
        const label = each === 1 ? "one session" : `${each} sessions`;
        rows.splice(2 + (each > 1 ? 1 : 0), 0, [`${OURS}, with a subject of ${label}`, bytes, index]);
      }
      await close();
      const bare = found.get(BARE) ?? Number.NaN;
      return {
        tables: [
          {
            title: "Redis's memory, each session",
            columns: [
              { name: "" },
              { name: "in all", unit: "B" },
              { name: "of which the index", unit: "B" },
              { name: "beside a bare SET with TTL", unit: "×" },
            ],
            rows: rows.map((row) => [...row, Number(row[1]) / bare]),
          },
        ],
        checks: [
          atMost(
            "memory of a session without subject, beside a bare SET with TTL",
            1.15,
            (found.get(OURS) ?? Number.NaN) / bare,
          ),
        ],
      };
    }),
});

async function bytesEach(admin: Redis, sign: () => Promise<unknown>): Promise<number> {
  await admin.flushall("SYNC");
  const before = await usedBytes(admin);
  await sign();
  return ((await usedBytes(admin)) - before) / SESSIONS;
}

/** What the subjects' indexes took of it, each session. */
async function withoutIndexes(admin: Redis): Promise<number> {
  const before = await usedBytes(admin);
  const keys = await admin.keys("rwt:*:u:*");
  for (let i = 0; i < keys.length; i += 1_000) await admin.del(...keys.slice(i, i + 1_000));
  return (before - (await usedBytes(admin))) / SESSIONS;
}
