import type { Redis } from "ioredis";
import { usedBytes } from "../lib/memory.ts";
import { serviceOver, storeOn } from "../lib/ours.ts";
import { atMost, type Bench } from "../lib/section.ts";
import { bareOn, oursOn, withSubject } from "../lib/speeds.ts";
import { onStage, type Settings, signMany } from "../lib/stage.ts";
import { user } from "../lib/user.ts";
import { peers } from "../peers/index.ts";

const BARE = bareOn("ioredis");
const OURS = oursOn("ioredis");
const WITH_SUBJECT = withSubject("ioredis");
const SESSIONS = 10_000;
/** Sessions per subject, in the second row with subjects. */
const SHARED = 5;

/** Measures Redis memory per session, with a user of 300 bytes and 10,000 sessions. */
export const memory = (_: Settings): Bench => ({
  name: "memory",
  run: () =>
    onStage([], 0, async ({ redis, admin }) => {
      const found = new Map<string, { readonly bytes: number; readonly persons: number | null }>();
      for (const open of peers) {
        const peer = await open(redis.url);
        const left =
          peer.kind === "stateless" || peer.name.includes("Hono") || peer.name.includes("node-redis");
        if (!left) {
          const bytes = await bytesEach(admin, () => signMany(peer, SESSIONS));
          const persons = peer.name === WITH_SUBJECT ? await bytesOfPersons(admin) : null;
          found.set(peer.name, { bytes, persons });
        }
        await peer.close();
        if (peer.name !== WITH_SUBJECT) continue;
        const { store, close } = await storeOn("ioredis", redis.url);
        const rwt = serviceOver(store);
        let signed = 0;
        const sign = () => rwt.sign(user, { subject: `user-${Math.floor(signed++ / SHARED)}` });
        const bytes = await bytesEach(admin, () => signMany({ sign }, SESSIONS));
        found.set(`${OURS}, ${SHARED} sessions for each subject`, {
          bytes,
          persons: await bytesOfPersons(admin),
        });
        await close();
      }
      const bytesOf = (name: string) => found.get(name)?.bytes ?? Number.NaN;
      return {
        tables: [
          {
            title: "Redis memory per session",
            columns: [
              { name: "" },
              { name: "total", unit: "B" },
              { name: "of which person and index", unit: "B" },
              { name: "ratio to a bare SET with a TTL", unit: "×" },
            ],
            rows: [...found].map(([name, { bytes, persons }]) => [
              name,
              bytes,
              persons,
              bytes / bytesOf(BARE),
            ]),
          },
        ],
        checks: [
          atMost(
            "memory of a session without a subject, compared with a bare SET with a TTL",
            1.2,
            bytesOf(OURS) / bytesOf(BARE),
          ),
          atMost(
            "memory of a session with a subject of its own, compared with a bare SET with a TTL",
            2,
            bytesOf(WITH_SUBJECT) / bytesOf(BARE),
          ),
        ],
      };
    }),
});

/** Signs twice and measures the second time, since Redis keeps memory for a while that it needed to load scripts. */
async function bytesEach(admin: Redis, sign: () => Promise<unknown>): Promise<number> {
  await sign();
  await admin.flushall("SYNC");
  const before = await usedBytes(admin);
  await sign();
  return ((await usedBytes(admin)) - before) / SESSIONS;
}

/** Bytes per session for persons and their indexes. */
async function bytesOfPersons(admin: Redis): Promise<number> {
  const before = await usedBytes(admin);
  const keys = [...(await admin.keys("rwt:*:p:*")), ...(await admin.keys("rwt:*:i:*"))];
  for (let i = 0; i < keys.length; i += 1_000) await admin.del(...keys.slice(i, i + 1_000));
  return (before - (await usedBytes(admin))) / SESSIONS;
}
