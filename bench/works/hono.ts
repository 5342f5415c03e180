import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../tools/entries.ts";
import { startRedisServer } from "../../tools/redis-server.ts";
import { atLeast, type Bench } from "../lib/section.ts";
import { oursOn } from "../lib/speeds.ts";
import type { Settings } from "../lib/stage.ts";
import { median, medianRatio } from "../lib/stats.ts";
import { routes } from "../routes/index.ts";
import { type RouteProcess, type Started, startRoute } from "../routes/start.ts";

const CONNECTIONS = 64;
const AUTOCANNON = join(root, "bench/peers/node_modules/autocannon/autocannon.js");

/** The results of one route, a value for each round. */
interface Measured {
  readonly route: RouteProcess;
  /** The path of the HTTP archive with its requests. */
  readonly har: string;
  readonly perSecond: number[];
  /** The server's CPU time per request, µs. */
  readonly cpu: number[];
}

/** Measures a route behind each library, over HTTP. The load generator runs in its own process. */
export const hono = (settings: Settings): Bench => ({
  name: "hono",
  async run() {
    await using ends = new AsyncDisposableStack();
    const redis = await startRedisServer();
    ends.defer(() => redis.stop());
    const folder = mkdtempSync(join(tmpdir(), "rwt-bench-"));
    ends.defer(() => rmSync(folder, { recursive: true }));
    const all: Measured[] = [];
    for (const number of routes.keys()) {
      const route = await startRoute(number, redis.url);
      if (route === null) continue;
      ends.defer(route.close);
      const har = join(folder, `${number}.har`);
      writeFileSync(har, JSON.stringify(archive(route)));
      all.push({ route, har, perSecond: [], cpu: [] });
    }
    const rounds = settings.quick ? 1 : 4;
    for (let round = 0; round <= rounds; round++) {
      for (const { route, har, perSecond, cpu } of all) {
        const before = await route.cpu();
        const isWarmUp = round === 0;
        const answers = await load(route.url, har, settings.quick ? 1 : isWarmUp ? 6 : 2);
        if (isWarmUp) continue;
        perSecond.push(answers.average);
        cpu.push(((await route.cpu()) - before) / answers.total);
      }
    }
    const find = (name: string) => all.find(({ route }) => route.name === name);
    const isRival = ({ kind, name }: Started) => kind === "peer" && name !== "jwt-redis";
    const best = all
      .filter(({ route }) => isRival(route))
      .reduce((a, b) => (median(a.perSecond) >= median(b.perSecond) ? a : b));
    return {
      tables: [
        {
          title: `A route behind each, ${CONNECTIONS} connections`,
          columns: [
            { name: "" },
            { name: "requests", unit: "/s" },
            { name: "ratio to the plain route of its framework", unit: "×" },
            { name: "server CPU per request", unit: "µs" },
          ],
          rows: all.map(({ route: { name, framework }, perSecond, cpu }) => [
            name,
            median(perSecond),
            medianRatio(perSecond, find(`plain ${framework} route`)?.perSecond),
            median(cpu),
          ]),
        },
      ],
      checks: [
        atLeast(
          `a Hono route behind rwtAuth, compared with the best session library (${best.route.name})`,
          2,
          medianRatio(find(oursOn("ioredis"))?.perSecond, best.perSecond),
        ),
      ],
    };
  },
});

/** The requests as an HTTP archive, the format that autocannon reads. */
const archive = ({ url, headers }: Started): object => ({
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

async function load(url: string, har: string, seconds: number): Promise<LoadResult["requests"]> {
  const args = [AUTOCANNON, "-c", String(CONNECTIONS), "-d", String(seconds), "--har", har, "-j", "-n", url];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { requests, non2xx, errors } = JSON.parse(stdout) as LoadResult;
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests failed`);
  return requests;
}
