import { cellOf, tableOf } from "./figures.ts";
import type { Results } from "./results.ts";
import type { Column, Table } from "./section.ts";

type Cell = string | number | null;

const COMPARED = "compared with the bare client";

/** The speed of every operation of every library, 64 concurrent. */
export function overview(results: Results): Table {
  const names = tableOf(results, "verify").rows.map(([name]) => String(name));
  const speed = (section: string, row: string): Cell[] => [
    cellOf(results, { section, row, column: "64 concurrent" }),
    cellOf(results, { section, row, column: "ratio to the bare client, 64" }),
  ];
  const speedColumns = (name: string): Column[] => [
    { name, unit: "/s" },
    { name: COMPARED, unit: "×" },
  ];
  return {
    title: "Every operation, 64 concurrent",
    columns: [
      { name: "" },
      ...speedColumns("verify"),
      ...speedColumns("verify and extend"),
      ...speedColumns("sign in"),
      { name: "refuse a forgery", unit: "µs" },
    ],
    rows: names.map((row) => [
      row,
      ...speed("verify", row),
      ...speed("sliding", row),
      ...speed("sign", row),
      cellOf(results, { section: "forged", row, column: "each of 64 concurrent" }),
    ]),
  };
}

const OPERATIONS: readonly (readonly [operation: string, name: string])[] = [
  ["sign", "sign in"],
  ["verify", "verify"],
  ["verify, sliding", "verify and extend"],
  ["forged", "forgery"],
];

/** Commands and round trips of each operation, and the price of a million operations. */
export function bill(results: Results): Table {
  const prices = tableOf(results, "costs", "The price of a million");
  const count = (operation: string, row: string): string => {
    const table = results.sections.costs?.tables.find(({ title }) => title === `Each ${operation}`);
    const [, , total, roundTrips] = table?.rows.find(([name]) => name === row) ?? [];
    return total === undefined ? "–" : `${total} (${roundTrips})`;
  };
  return {
    title: "Commands (and round trips), and the price of a million",
    columns: [
      { name: "" },
      ...OPERATIONS.map(([, name]) => ({ name })),
      ...OPERATIONS.map(([, name]) => ({ name: `a million: ${name}`, unit: "$" as const })),
    ],
    rows: prices.rows.map(([name, ...dollars]) => [
      name ?? "",
      ...OPERATIONS.map(([operation]) => count(operation, String(name))),
      ...dollars,
    ]),
  };
}

/** The libraries of `docs/compared-with.md`: the name of each in most tables, and in the table of bundles. */
const COMPARED_WITH: readonly (readonly [row: string, bundle: string])[] = [
  ["redis-web-token, ioredis", "createRwt"],
  ["redis-web-token, ioredis, with a subject", "createRwt"],
  ["redis-web-token, as a Hono middleware", "createRwt and rwtAuth"],
  ["better-auth, Redis secondary storage", "better-auth"],
  ["express-session, connect-redis", "express-session, connect-redis"],
  ["iron-session", "iron-session"],
  ["jose, HS256", "jose, jwtVerify"],
  ["hono-sessions", "hono-sessions"],
];

/** The measurements of those libraries. */
export function peers(results: Results): Table {
  return {
    title: "Measured",
    columns: [
      { name: "" },
      { name: "checks, 64 concurrent", unit: "/s" },
      { name: "refusing a forgery", unit: "µs" },
      { name: "Redis memory of a session", unit: "B" },
      { name: "bundle, minified and gzipped", unit: "kB" },
    ],
    rows: COMPARED_WITH.map(([row, bundle]) => [
      row,
      cellOf(results, { section: "verify", row, column: "64 concurrent" }),
      cellOf(results, { section: "forged", row, column: "each of 64 concurrent" }),
      cellOf(results, { section: "memory", row, column: "total" }),
      cellOf(results, { section: "size", row: bundle, column: "" }),
    ]),
  };
}
