import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";

/** A command that Redis ran. Its name is in upper case. */
export interface Monitored {
  readonly words: readonly string[];
  /** Whether a script called it. */
  readonly inScript: boolean;
}

/** Uses `MONITOR` to list what Redis ran during `work`, without the commands that clients send when they connect. */
export async function monitored(admin: Redis, work: () => Promise<unknown>): Promise<Monitored[]> {
  await untilQuiet(admin);
  const monitor = await admin.monitor();
  const seen: Monitored[] = [];
  const marker = crypto.randomUUID();
  const done = new Promise<void>((resolve) => {
    monitor.on("monitor", (_: string, [name = "", ...args]: string[], source: string) => {
      if (args.includes(marker)) resolve();
      else if (!/^(hello|client|info|select|auth|monitor)$/i.test(name))
        seen.push({ words: [name.toUpperCase(), ...args], inScript: source === "lua" });
    });
  });
  try {
    await work();
    await admin.echo(marker);
    await done;
    return seen;
  } finally {
    monitor.disconnect();
  }
}

/** Waits until Redis is idle, because ioredis fails if a command arrives in the same packet as the reply to `MONITOR`. */
async function untilQuiet(admin: Redis): Promise<void> {
  const processed = async () =>
    Number(/total_commands_processed:(\d+)/.exec(await admin.info("stats"))?.[1] ?? 0);
  for (let before = -1, now = await processed(); now !== before + 1; ) {
    before = now;
    await sleep(20);
    now = await processed();
  }
}

/** The commands that clients sent. */
export const sentIn = (all: readonly Monitored[]): (readonly string[])[] =>
  all.filter(({ inScript }) => !inScript).map(({ words }) => words);
