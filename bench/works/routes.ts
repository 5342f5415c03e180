import { startRedisServer } from "../../tools/redis-server.ts";
import { beyond, type Loaded, loadInTurns, ratioBeyond } from "../lib/load.ts";
import type { Framework } from "../lib/peer.ts";
import { atMost, type Bench, type Check, withGoal } from "../lib/section.ts";
import { bareOn, CLIENTS, oursOn } from "../lib/speeds.ts";
import type { Settings } from "../lib/stage.ts";
import { median, medianRatio } from "../lib/stats.ts";
import { routes } from "../routes/index.ts";
import { buildNext } from "../routes/next.ts";
import { type Started, startRoute } from "../routes/start.ts";

const CONNECTIONS = 64;
const OURS = oursOn("ioredis");

type ChecksOf = (framework: Framework, loaded: ReadonlyMap<string, Loaded>, rivals: string[]) => Check[];

const plainOf = (framework: Framework): string => `plain ${framework} route`;

/** Measures a route behind each library, over HTTP, in a process for each. Its CPU is judged: throughput varies too much. */
const routesIn =
  (framework: Framework, checksOf: ChecksOf, prepare = async (): Promise<void> => {}) =>
  (settings: Settings): Bench => ({
    name: framework.toLowerCase(),
    async run() {
      await using ends = new AsyncDisposableStack();
      await prepare();
      const redis = await startRedisServer();
      ends.defer(() => redis.stop());
      const started: Awaited<ReturnType<typeof startRoute>>[] = [];
      for (const number of routes[framework].keys()) {
        const route = await startRoute(framework, number, redis.url);
        started.push(route);
        if (route) ends.defer(route.close);
      }
      const all = started.filter((route) => route !== null);
      const loaded = await loadInTurns(all, settings, CONNECTIONS);
      const plain = loaded.get(plainOf(framework));
      const canRevoke = ({ kind }: Started) => kind === "peer";
      const rivals = all.filter(canRevoke).map(({ name }) => name);
      return {
        tables: [
          {
            title: `A route of ${framework} behind each, ${CONNECTIONS} connections`,
            columns: [
              { name: "" },
              { name: "requests", unit: "/s" },
              { name: "ratio to the plain route", unit: "×" },
              { name: "server CPU per request", unit: "µs" },
              { name: "of which beyond the plain route", unit: "µs" },
            ],
            rows: [...loaded].map(([name, one]) => [
              name,
              median(one.perSecond),
              medianRatio(one.perSecond, plain?.perSecond),
              median(one.cpu),
              one === plain ? null : median(beyond(one, plain)),
            ]),
          },
        ],
        checks: checksOf(framework, loaded, rivals),
      };
    },
  });

/** Checks the library's CPU beyond the plain route, compared with another row's. */
const check = (
  framework: Framework,
  loaded: ReadonlyMap<string, Loaded>,
  [ours, other]: readonly [ours: string, other: string],
  bound: number,
): Check =>
  atMost(
    `CPU beyond the ${plainOf(framework)}: ${ours}, compared with ${other}`,
    bound,
    ratioBeyond(loaded.get(ours), loaded.get(other), loaded.get(plainOf(framework))),
  );

const comparedWithTheBest: ChecksOf = (framework, loaded, rivals) => {
  const cpu = (name: string) => median(loaded.get(name)?.cpu ?? []);
  const best = rivals.reduce((a, b) => (cpu(a) <= cpu(b) ? a : b));
  return [comparedWithALibrary(framework, check(framework, loaded, [OURS, best], 0.5))];
};

const comparedWithALibrary = (framework: Framework, found: Check): Check =>
  withGoal(
    "CPU beyond the plain route, compared with the cheapest library that can revoke",
    framework,
    found,
  );

export const hono = routesIn("Hono", (framework, loaded) => [
  ...CLIENTS.map((client) =>
    withGoal(
      "CPU beyond the plain Hono route, compared with a bare GET in the route",
      client,
      check(framework, loaded, [oursOn(client), bareOn(client)], 1.1),
    ),
  ),
  comparedWithALibrary(framework, check(framework, loaded, [OURS, "hono-sessions"], 0.5)),
]);
export const express = routesIn("Express", comparedWithTheBest);
export const fastify = routesIn("Fastify", comparedWithTheBest);
export const next = routesIn("Next", comparedWithTheBest, buildNext);
