import type { Redis } from "ioredis";
import { ioredisStore } from "redis-web-token/ioredis";
import { openIoredis } from "../lib/clients.ts";
import { usedBytes } from "../lib/memory.ts";
import { type SessionsService, serviceWithSessions } from "../lib/ours.ts";
import { atMost, type Bench, type Section } from "../lib/section.ts";
import { openRedis, type Settings, signMany } from "../lib/stage.ts";
import { latencies, median, type Work } from "../lib/stats.ts";
import { stepsOf, untilIdle } from "../lib/steps.ts";
import { user } from "../lib/user.ts";

/** The subjects, named by how many sessions they have. */
const NAMES = ["few", "many"] as const;
type Name = (typeof NAMES)[number];
const FEW = 10;
/** The most that `destroyAll` and `updateAll` may cost with many sessions, as a multiple of the cost with few. */
const WITHIN = 2;
/** The longest that a cleaning step may take, milliseconds. */
const CLEANING_STEP = 5;

/** What the parts of this benchmark share. */
interface Scene {
  readonly rwt: SessionsService;
  /** A service with a limit of {@link FEW} sessions per person. */
  readonly limited: SessionsService;
  readonly admin: Redis;
  readonly many: number;
  readonly quick: boolean;
}

/** Measures a subject with very many sessions: what calls cost, and how the memory of ended sessions is freed. */
export const subject = ({ quick }: Settings): Bench => ({
  name: "subject",
  async run() {
    await using ends = new AsyncDisposableStack();
    const { redis, admin } = await openRedis(ends);
    const client = await openIoredis(redis.url);
    ends.defer(async () => void (await client.quit()));
    const store = ioredisStore(client, { timeout: 60_000 });
    const rwt = serviceWithSessions(store);
    const limited = serviceWithSessions(store, { maxSessions: FEW, onLimit: "endOldest" });
    const scene: Scene = { rwt, limited, admin, many: quick ? 10_000 : 100_000, quick };
    const empty = await usedBytes(admin);
    const calls = await callsOf(scene);
    const cleaning = await cleaningOf(scene, empty);
    return {
      tables: [...calls.tables, ...cleaning.tables],
      checks: [...calls.checks, ...cleaning.checks],
    };
  },
});

async function callsOf({ rwt, admin, many, quick }: Scene): Promise<Section> {
  const signFor = async (name: Name, sessions: number) =>
    (await signMany({ sign: () => rwt.sign(user, { subject: name }) }, sessions)).at(-1) ?? "";
  const tokens = { few: await signFor("few", FEW), many: await signFor("many", many) };
  const operations: Readonly<Record<string, (name: Name) => Promise<unknown>>> = {
    verify: (name) => rwt.verify(tokens[name]),
    "list, first page of 10": (name) => rwt.list(name, { limit: 10 }),
    "sign, and destroy": async (name) => rwt.destroy(await rwt.sign(user, { subject: name })),
    updateAll: (name) => rwt.updateAll(name, user),
  };
  const medians = new Map<string, Readonly<Record<Name, number>>>();
  for (const [operation, run] of Object.entries(operations)) {
    const works = new Map(NAMES.map((name): [Name, Work] => [name, () => run(name)]));
    const times = await latencies(works, quick ? 100 : 1_000);
    medians.set(operation, { few: median(times.get("few") ?? []), many: median(times.get("many") ?? []) });
  }
  medians.set("destroyAll", await timesOfDestroyAll(rwt, admin, quick ? 5 : 30));
  const ratioOf = (operation: string) => {
    const { few, many } = medians.get(operation) ?? { few: Number.NaN, many: Number.NaN };
    return many / few;
  };
  return {
    tables: [
      {
        title: "A subject with many sessions, median of single calls",
        columns: [
          { name: "" },
          { name: `${FEW} sessions`, unit: "ms" },
          { name: `${many.toLocaleString("en")} sessions`, unit: "ms" },
          { name: "ratio", unit: "×" },
        ],
        rows: [...medians].map(([operation, { few, many }]) => [operation, few, many, ratioOf(operation)]),
      },
    ],
    checks: ["destroyAll", "updateAll"].map((operation) =>
      atMost(
        `${operation} of ${many.toLocaleString("en")} sessions, compared with ${FEW}`,
        WITHIN,
        ratioOf(operation),
      ),
    ),
  };
}

/** Times each call while Redis is idle, so that the background cleaning after one call doesn't delay the next. */
async function timesOfDestroyAll(
  rwt: SessionsService,
  admin: Redis,
  calls: number,
): Promise<Readonly<Record<Name, number>>> {
  const times: Readonly<Record<Name, number[]>> = { few: [], many: [] };
  for (let i = 0; i <= calls; i++) {
    await signMany({ sign: () => rwt.sign(user, { subject: "few" }) }, FEW);
    for (const name of NAMES) {
      await untilIdle(admin);
      const began = performance.now();
      await rwt.destroyAll(name);
      // The first round warms up.
      if (i > 0) times[name].push(performance.now() - began);
    }
  }
  return { few: median(times.few), many: median(times.many) };
}

/** Measures the calls that clean up after a `destroyAll` of many sessions. Most entries are still there, since each call cleans a part. */
async function cleaningOf({ rwt, limited, admin, many }: Scene, empty: number): Promise<Section> {
  const works: Readonly<Record<string, () => Promise<unknown>>> = {
    "destroyAll, and its cleaning in the background": () => rwt.destroyAll("many"),
    "sign with maxSessions": () => limited.sign(user, { subject: "many" }),
    "list, every page of 100": async () => {
      for (let cursor: string | undefined; ; ) {
        const page = await rwt.list("many", { limit: 100, cursor });
        cursor = page.cursor;
        if (cursor === undefined) return;
      }
    },
  };
  const [index = ""] = await admin.keys("rwt:*:i:*");
  const rows: (string | number)[][] = [];
  let longest = 0;
  await untilIdle(admin);
  for (const [name, work] of Object.entries(works)) {
    const before = await admin.zcard(index);
    const steps = await stepsOf(admin, work);
    longest = Math.max(longest, steps.longest);
    const cleaned = before - (await admin.zcard(index));
    rows.push([name, cleaned, steps.scripts, steps.longest, ((await usedBytes(admin)) - empty) / 1e6]);
  }
  return {
    tables: [
      {
        title: `Cleaning up behind a destroyAll of ${many.toLocaleString("en")} sessions`,
        columns: [
          { name: "" },
          { name: "ended sessions removed", unit: "" },
          { name: "scripts", unit: "" },
          { name: "longest step", unit: "ms" },
          { name: "memory left", unit: "MB" },
        ],
        rows,
      },
    ],
    checks: [
      atMost("the longest step that gives the memory of ended sessions back", CLEANING_STEP, longest, "ms"),
    ],
  };
}
