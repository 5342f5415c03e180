import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../tools/entries.ts";
import type { Settings } from "./stage.ts";
import { median } from "./stats.ts";

const AUTOCANNON = join(root, "bench/peers/node_modules/autocannon/autocannon.js");

/** A server of its own process, under load. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** The headers of each request that it gets in turn. */
  readonly headers: readonly Readonly<Record<string, string>>[];
  /** Microseconds of CPU that the server's process has used so far, in all threads. */
  cpu(): Promise<number>;
}

/** The results of one server, a value for each round. */
export interface Loaded {
  readonly perSecond: readonly number[];
  /** The server's CPU time per request, µs. */
  readonly cpu: readonly number[];
}

/** Loads each server in each round, in turns. The load generator runs in its own process. */
export async function loadInTurns(
  targets: readonly Target[],
  { quick }: Settings,
  connections: number,
): Promise<Map<string, Loaded>> {
  const folder = mkdtempSync(join(tmpdir(), "rwt-bench-"));
  using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
  const all = targets.map((target, i) => {
    const har = join(folder, `${i}.har`);
    writeFileSync(har, JSON.stringify(archive(target)));
    return { target, har, perSecond: [] as number[], cpu: [] as number[] };
  });
  const rounds = quick ? 1 : 8;
  for (let round = 0; round <= rounds; round++) {
    for (const { target, har, perSecond, cpu } of all) {
      const before = await target.cpu();
      const isWarmUp = round === 0;
      const answers = await load(target.url, har, connections, quick || !isWarmUp ? 1 : 6);
      if (isWarmUp) continue;
      perSecond.push(answers.average);
      cpu.push(((await target.cpu()) - before) / answers.total);
    }
  }
  return new Map(all.map(({ target, perSecond, cpu }) => [target.name, { perSecond, cpu }]));
}

/** CPU per request beyond that of another server: in each round, since these were measured at about the same time. */
export const beyond = (one: Loaded | undefined, other: Loaded | undefined): number[] =>
  (one?.cpu ?? []).map((cpu, round) => cpu - (other?.cpu[round] ?? Number.NaN));

/**
 * The ratio of two such differences. That of their medians, since a difference of a single round may be near 0.
 *
 * @returns NaN if one of them takes no more than the plain one: then there is nothing to compare
 */
export function ratioBeyond(
  one: Loaded | undefined,
  other: Loaded | undefined,
  plain: Loaded | undefined,
): number {
  const [ours, theirs] = [median(beyond(one, plain)), median(beyond(other, plain))];
  return ours > 0 && theirs > 0 ? ours / theirs : Number.NaN;
}

/** The requests as an HTTP archive, the format that autocannon reads. */
const archive = ({ url, headers }: Target): object => ({
  log: {
    entries: headers.map((each) => ({
      request: {
        method: "GET",
        url,
        headers: Object.entries(each).map(([name, value]) => ({ name, value })),
      },
    })),
  },
});

interface LoadResult {
  readonly requests: { readonly average: number; readonly total: number };
  readonly non2xx: number;
  readonly errors: number;
}

async function load(
  url: string,
  har: string,
  connections: number,
  seconds: number,
): Promise<LoadResult["requests"]> {
  const args = [AUTOCANNON, "-c", String(connections), "-d", String(seconds), "--har", har, "-j", "-n", url];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { requests, non2xx, errors } = JSON.parse(stdout) as LoadResult;
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests failed`);
  return requests;
}
