import { setTimeout as sleep } from "node:timers/promises";
import { launchBridge } from "../../test/support/launch-bridge.ts";
import { writeBareUsers } from "./bare-users.ts";
import { serviceOver, signerOf, storeOn } from "./ours.ts";
import { atLeast, type Check, type Section } from "./section.ts";
import { ratio, speedTable } from "./speeds.ts";
import { openRedis, type Settings, signMany } from "./stage.ts";

/** A client that is measured by a program of its own: in another language, or on another runtime. */
export interface Program {
  readonly name: string;
  /** How the table names the client of Redis alone. */
  readonly bare: string;
  readonly command: (redis: { readonly url: string; readonly port: number }) => [string, readonly string[]];
}

interface Options {
  readonly title: string;
  readonly concurrencies: readonly number[];
  /** The least share of the bare client's speed. */
  readonly bound: number;
  /** Adds what a check of this program needs beyond its text and its bound. */
  readonly check?: (check: Check, program: Program, concurrency: number) => Check;
}

/** Compares a verify of each program with a bare GET of the same client of Redis. */
export async function comparePrograms(
  programs: readonly Program[],
  settings: Settings,
  { title, concurrencies, bound, check = (found) => found }: Options,
): Promise<Section> {
  await using ends = new AsyncDisposableStack();
  const { redis, admin } = await openRedis(ends);
  const { store, close } = await storeOn("ioredis", redis.url);
  ends.defer(async () => void (await close()));
  const tokens = await signMany({ sign: signerOf(serviceOver(store), false) }, settings.sessions);
  const keys = await writeBareUsers(admin, settings.sessions);

  const speeds = new Map<string, Map<number, number[]>>();
  for (const program of programs) {
    const [command, args] = program.command(redis);
    const [bridge, end] = launchBridge(command, args);
    ends.defer(end);
    await bridge({ keys, tokens });
    const turns = [
      [program.bare, "get"],
      [program.name, "verify"],
    ] as const;
    for (const [name] of turns) speeds.set(name, new Map(concurrencies.map((c) => [c, []])));
    for (const concurrency of concurrencies)
      for (let round = 0; round <= settings.rounds; round++)
        for (const [name, work] of turns) {
          if (settings.restMs > 0) await sleep(settings.restMs);
          const done = await bridge({ work, concurrency, ms: settings.roundMs });
          // The first round is a warm-up.
          if (round > 0) speeds.get(name)?.get(concurrency)?.push(Number(done));
        }
  }
  const floorOf = (name: string) => programs.find((each) => each.name === name)?.bare ?? name;
  return {
    tables: [speedTable(title, speeds, floorOf, concurrencies)],
    checks: programs.flatMap((program) =>
      concurrencies.map((c) => {
        const { name, bare } = program;
        const what = `verify by ${name}, ${c} concurrent, compared with ${bare}`;
        return check(atLeast(what, bound, ratio(speeds, name, bare, c)), program, c);
      }),
    ),
  };
}
