import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";

/** What Redis did during some work. A step is a command or a script: Redis serves nobody else until it ends. */
export interface Steps {
  readonly count: number;
  /** Milliseconds. */
  readonly longest: number;
}

/** Milliseconds without a command after which work in the background counts as done. */
const SILENCE = 40;
const MOST = 100_000;
/** What the measuring itself sends. */
const OWN = /^(slowlog|config|info|ping|client)$/i;
/** Whose commands those of a script are. They count as the script's. */
const SCRIPT = "?:0";

type Entry = readonly [
  id: number,
  time: number,
  microseconds: number,
  words: readonly string[],
  address: string,
];

/** Measures by Redis's SLOWLOG, which tells the time of each step, until Redis has nothing more to do. */
export async function stepsOf(admin: Redis, work: () => Promise<unknown>): Promise<Steps> {
  await admin.config("SET", "slowlog-max-len", String(MOST), "slowlog-log-slower-than", "0");
  await admin.slowlog("RESET");
  await work();
  await untilIdle(admin);
  const log = (await admin.slowlog("GET", MOST)) as Entry[];
  await admin.config("SET", "slowlog-log-slower-than", "-1");
  const steps = log.filter(([, , , [name = ""], address]) => !OWN.test(name) && address !== SCRIPT);
  const longest = steps.reduce((most, [, , microseconds]) => Math.max(most, microseconds), 0);
  return { count: steps.length, longest: longest / 1000 };
}

/** Waits until nobody else sends commands. */
export async function untilIdle(admin: Redis): Promise<void> {
  const commands = async () => Number(/total_commands_processed:(\d+)/.exec(await admin.info("stats"))?.[1]);
  for (let before = await commands(); ; ) {
    await sleep(SILENCE);
    const now = await commands();
    // The one is the count of before.
    if (now === before + 1) return;
    before = now;
  }
}
