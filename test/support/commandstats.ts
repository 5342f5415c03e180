import type { Redis } from "ioredis";

/** Redis's own counts of commands while `work` ran, without those that clients send when they connect. */
export async function commandsOf(
  admin: Redis,
  work: () => Promise<unknown>,
): Promise<Record<string, number>> {
  await admin.config("RESETSTAT");
  await work();
  const stats = await admin.info("commandstats");
  const counted: Record<string, number> = {};
  for (const [, name = "", calls] of stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    if (!/^(config|info|hello|client)(\||$)/.test(name)) counted[name] = Number(calls);
  }
  return counted;
}
