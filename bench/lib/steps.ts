import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";

/** What Redis did during some work. A step is a command or a script: Redis serves nobody else until it ends. */
export interface Steps {
  /** How many scripts ran. */
  readonly scripts: number;
  /** Milliseconds of the longest step; 0 where none took {@link LOGGED}. */
  readonly longest: number;
}

/** Microseconds from which Redis logs a step. Logging each command of a script would make the script longer. */
const LOGGED = 50;
const MOST = 100_000;
/** What the measuring itself sends. */
const OWN = /^(slowlog|config|info|ping|client)$/i;
/** Milliseconds without a command after which work in the background counts as done. */
const SILENCE = 40;

type Entry = readonly [id: number, time: number, microseconds: number, words: readonly string[]];

/** Measures by Redis's SLOWLOG, which tells the time of each step, until Redis has nothing more to do. */
export async function stepsOf(admin: Redis, work: () => Promise<unknown>): Promise<Steps> {
  await admin.config("SET", "slowlog-max-len", String(MOST), "slowlog-log-slower-than", String(LOGGED));
  await admin.slowlog("RESET");
  await admin.config("RESETSTAT");
  await work();
  await untilIdle(admin);
  const log = (await admin.slowlog("GET", MOST)) as Entry[];
  await admin.config("SET", "slowlog-log-slower-than", "-1");
  const steps = log.filter(([, , , [name = ""]]) => !OWN.test(name));
  const longest = steps.reduce((most, [, , microseconds]) => Math.max(most, microseconds), 0);
  const calls = (await admin.info("commandstats")).matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g);
  return { scripts: [...calls].reduce((sum, [, count]) => sum + Number(count), 0), longest: longest / 1000 };
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
