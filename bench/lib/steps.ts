import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";

/** What Redis did during some work. A step is a command or a script: Redis serves no other client until it ends. */
export interface Steps {
  /** How many scripts ran. */
  readonly scripts: number;
  /** The longest step in milliseconds. 0 if none took {@link LOGGED}. */
  readonly longest: number;
}

/** Redis logs steps from this many microseconds. A lower limit would log each command of a script, and slow the script down. */
const LOGGED = 50;
const MOST = 100_000;
/** Commands that the measurement itself sends. */
const OWN = /^(slowlog|config|info|ping|client)$/i;
/** Background work counts as done after this many milliseconds without a command. */
const SILENCE = 40;

type Entry = readonly [id: number, time: number, microseconds: number, words: readonly string[]];

/** Measures with Redis's SLOWLOG, which has the time of each step, until Redis is idle. */
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

/** Waits until no other client sends commands. */
export async function untilIdle(admin: Redis): Promise<void> {
  const commands = async () => Number(/total_commands_processed:(\d+)/.exec(await admin.info("stats"))?.[1]);
  for (let before = await commands(); ; ) {
    await sleep(SILENCE);
    const now = await commands();
    // The previous INFO counts as one.
    if (now === before + 1) return;
    before = now;
  }
}
