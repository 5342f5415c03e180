import { ioredisStore } from "redis-web-token/ioredis";
import { openIoredis } from "../lib/clients.ts";
import { serviceOver, serviceWithSessions } from "../lib/ours.ts";
import { atMost, type Bench } from "../lib/section.ts";
import { openRedis, type Settings, signMany } from "../lib/stage.ts";
import { median } from "../lib/stats.ts";
import { stepsOf } from "../lib/steps.ts";
import { user } from "../lib/user.ts";

const BYTES = 100_000;
/** More verifies than go into one batch, so that the largest possible command is measured. */
const CONCURRENT = 600;
const LIMIT = 100;
/** Milliseconds. */
const STEP = 20;

/** Measures how long a single step blocks Redis if sessions are very large. */
export const steps = ({ quick }: Settings): Bench => ({
  name: "steps",
  async run() {
    await using ends = new AsyncDisposableStack();
    const { redis, admin } = await openRedis(ends);
    const client = await openIoredis(redis.url);
    ends.defer(async () => void (await client.quit()));
    const store = ioredisStore(client, { timeout: 60_000 });
    const rwt = serviceWithSessions(store);
    const sliding = serviceOver(store, true);
    const limited = serviceWithSessions(store, { maxSessions: LIMIT });
    const data = { ...user, note: "x".repeat(BYTES) };
    const sign = () => rwt.sign(data, { subject: "42" });
    const tokens = await signMany({ sign }, CONCURRENT);
    const token = () => tokens.pop() ?? "";
    const operations: Readonly<Record<string, () => Promise<unknown>>> = {
      [`verify, ${CONCURRENT} concurrent`]: () => Promise.all(tokens.map((each) => rwt.verify(each))),
      [`sliding verify, ${CONCURRENT} concurrent`]: () =>
        Promise.all(tokens.map((each) => sliding.verify(each))),
      sign,
      extend: () => rwt.extend(tokens[0]),
      update: () => rwt.update(tokens[0] ?? "", data),
      "update with a function": () => rwt.update(tokens[0] ?? "", () => data),
      updateAll: () => rwt.updateAll("42", data),
      rotate: async () => tokens.push((await rwt.rotate(token())) ?? ""),
      "list of 100": () => rwt.list("42"),
      destroy: () => rwt.destroy(token()),
      // Ends the oldest sessions.
      [`sign with maxSessions: ${LIMIT}`]: () => limited.sign(data, { subject: "42" }),
      "destroyAll, and its cleaning": async () => {
        await rwt.destroyAll("42");
        tokens.splice(0, tokens.length, ...(await signMany({ sign }, quick ? 150 : CONCURRENT)));
      },
    };
    const rows: [string, number][] = [];
    for (const [name, run] of Object.entries(operations)) {
      const longest: number[] = [];
      // Several times, since a step takes longer when the machine interrupts Redis.
      for (let i = 0; i < (quick ? 3 : 9); i++) longest.push((await stepsOf(admin, run)).longest);
      rows.push([name, median(longest)]);
    }
    return {
      tables: [
        {
          title: `The longest step in Redis, with sessions of ${BYTES / 1000} kB`,
          columns: [{ name: "" }, { name: "longest step", unit: "ms" }],
          rows,
        },
      ],
      checks: [
        atMost(
          `the longest step in Redis with sessions of ${BYTES / 1000} kB`,
          STEP,
          Math.max(...rows.map(([, longest]) => longest)),
          "ms",
        ),
      ],
    };
  },
});
