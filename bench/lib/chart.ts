import { cellOf } from "./figures.ts";
import type { Results } from "./results.ts";
import { format } from "./section.ts";
import { type BarGroup, barChart, type Scheme } from "./svg.ts";

const SECTION = "verify";
const COLUMN = "64 concurrent";

/** A row of the table of verifies, and a shorter label for it. */
type Row = readonly [row: string, label?: string];

const GROUPS: readonly (readonly [title: string, rows: readonly Row[]])[] = [
  [
    "The Redis client alone: GET and JSON.parse",
    [
      ["GET and JSON.parse, ioredis", "ioredis"],
      ["GET and JSON.parse, node-redis", "node-redis"],
    ],
  ],
  [
    "redis-web-token",
    [
      ["redis-web-token, ioredis", "ioredis"],
      ["redis-web-token, ioredis, with a subject", "ioredis, with a subject"],
      ["redis-web-token, ioredis, not yet memoized", "ioredis, token not yet memoized"],
      ["redis-web-token, node-redis", "node-redis"],
      ["redis-web-token, as a Hono middleware", "as a Hono middleware, ioredis"],
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

/** A chart of the live sessions verified per second, as an SVG for a light or a dark page. */
export function speedChart(results: Results, scheme: Scheme): string {
  const groups = GROUPS.map(([title, rows]): BarGroup => {
    const bars = rows.map(([row, label = row]) => {
      const value = cellOf(results, { section: SECTION, row, column: COLUMN });
      if (value === null) throw new Error(`results.json has no speed of ${row}`);
      return { label, value, text: format(value, "/s") };
    });
    return { title, bars };
  });
  return barChart(
    {
      title: "Live sessions verified per second",
      subtitle: `64 concurrent calls from one Node ${Number.parseInt(results.versions.node ?? "", 10)} process, Redis on the same machine. Longer is faster.`,
      unit: "verifies per second",
      groups,
    },
    scheme,
  );
}
