import { cellOf } from "./figures.ts";
import type { Results } from "./results.ts";
import { format, type Unit } from "./section.ts";
import { bareOn, IN_HONO, notMemoized, oursOn, PIPELINED, withSubject } from "./speeds.ts";
import { type BarGroup, barChart, type Scheme } from "./svg.ts";
import {
  CACHING_WORKER,
  FETCH_WORKER,
  JWT_WORKER,
  OUR_WORKER,
  PLAIN_WORKER,
  UPSTASH_WORKER,
} from "./workers.ts";

/** A row of a table, and a shorter label for it. */
type Row = readonly [row: string, label?: string];
type Group = readonly [title: string, rows: readonly Row[]];

const ON_NODE: readonly Group[] = [
  [
    "The Redis client alone: GET and JSON.parse",
    [
      [bareOn("ioredis"), "ioredis"],
      [bareOn(PIPELINED), PIPELINED],
      [bareOn("node-redis"), "node-redis"],
    ],
  ],
  [
    "redis-web-token",
    [
      [oursOn("ioredis"), "ioredis"],
      [withSubject("ioredis"), "ioredis, with a subject"],
      [notMemoized(oursOn("ioredis")), "ioredis, token not yet memoized"],
      [oursOn("node-redis"), "node-redis"],
      [IN_HONO, "as a Hono middleware, ioredis"],
    ],
  ],
  [
    "Session libraries that ask Redis",
    [
      ["express-session, connect-redis"],
      ["hono-sessions"],
      ["@hono/session"],
      ["better-auth, Redis secondary storage", "better-auth, Redis storage"],
      ["redis-sessions"],
      ["jwt-redis"],
    ],
  ],
  ["Stateless: nothing can be revoked", [["jose, HS256"], ["iron-session"]]],
];

const ON_THE_EDGE: readonly Group[] = [
  [
    "Redis alone, without a check",
    [
      [FETCH_WORKER, "bare fetch of the key"],
      [UPSTASH_WORKER, "@upstash/redis, GET"],
    ],
  ],
  [
    "redis-web-token",
    [
      [OUR_WORKER, "rwtAuth, upstashStore"],
      [CACHING_WORKER, "with the option cache"],
    ],
  ],
  [
    "Without Redis: nothing can be revoked",
    [
      [PLAIN_WORKER, "plain route, no check"],
      [JWT_WORKER, "hono/jwt"],
    ],
  ],
];

/** A chart of the live sessions verified per second, as an SVG for a light or a dark page. */
export const nodeChart = (results: Results, scheme: Scheme): string =>
  barChart(
    {
      title: "Node: live sessions verified per second",
      subtitle: `64 concurrent calls from one Node ${Number.parseInt(results.versions.node ?? "", 10)} process, Redis on the same machine. Longer is faster.`,
      unit: "verifies per second",
      groups: groupsOf(results, ON_NODE, { section: "verify", column: "64 concurrent", unit: "/s" }),
    },
    scheme,
  );

/** A chart of what a request costs a Worker. */
export const edgeChart = (results: Results, scheme: Scheme): string =>
  barChart(
    {
      title: "Edge: CPU of a request to a Worker",
      subtitle: "A Hono route in workerd, Redis over HTTP. Shorter is cheaper.",
      unit: "microseconds of CPU",
      groups: groupsOf(results, ON_THE_EDGE, { section: "workerd", column: "CPU per request", unit: "µs" }),
    },
    scheme,
  );

interface Source {
  readonly section: string;
  readonly column: string;
  readonly unit: Unit;
}

/** The bars of the rows that were measured. */
const groupsOf = (results: Results, groups: readonly Group[], source: Source): BarGroup[] =>
  groups.map(([title, rows]) => ({
    title,
    bars: rows.flatMap(([row, label = row]) => {
      const value = cellOf(results, { ...source, row });
      return value === null ? [] : [{ label, value, text: format(value, source.unit) }];
    }),
  }));
