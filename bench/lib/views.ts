import { cellOf, tableOf } from "./figures.ts";
import type { Results } from "./results.ts";
import type { Table } from "./section.ts";

type Cell = string | number | null;

/** Libraries that only bench/results.md has, so that tables stay short. */
const LEFT_OUT: readonly string[] = ["@hono/session", "redis-sessions", "jwt-redis"];
/** Settings and variants that only bench/results.md has. */
const DETAIL = /auto-pipelining|node-redis, (not|with)|subject, not yet memoized|sliding, with/;

const isMain = (row: unknown): boolean => !LEFT_OUT.includes(String(row)) && !DETAIL.test(String(row));

/** The rows of a table for a page for users. */
export const mainRows = (table: Table): Table => ({
  ...table,
  rows: table.rows.filter(([name]) => isMain(name)),
});

/** The speed of every operation of every library, 64 concurrent. */
export function overview(results: Results): Table {
  const names = tableOf(results, "verify").rows.map(([name]) => String(name));
  const cell = (section: string, row: string, column: string): Cell =>
    cellOf(results, { section, row, column });
  return {
    title: "Every operation, 64 concurrent",
    columns: [
      { name: "" },
      { name: "verify", unit: "/s" },
      { name: "compared with the bare client", unit: "×" },
      { name: "verify and extend", unit: "/s" },
      { name: "sign in", unit: "/s" },
      { name: "refuse a forgery", unit: "µs" },
    ],
    rows: names
      .filter(isMain)
      .map((row) => [
        row,
        cell("verify", row, "64 concurrent"),
        cell("verify", row, "ratio to the bare client, 64"),
        cell("sliding", row, "64 concurrent"),
        cell("sign", row, "64 concurrent"),
        cell("forged", row, "each of 64 concurrent"),
      ]),
  };
}

const OPERATIONS: readonly (readonly [operation: string, name: string])[] = [
  ["sign", "sign in"],
  ["verify", "verify"],
  ["verify, sliding", "verify and extend"],
  ["forged", "forgery"],
];

/** Commands and round trips of each operation, and the price of a million sign-ins and verifies. */
export function bill(results: Results): Table {
  const prices = tableOf(results, "costs", "The price of a million");
  const count = (operation: string, row: string): string => {
    const table = results.sections.costs?.tables.find(({ title }) => title === `Each ${operation}`);
    const [, , total, roundTrips] = table?.rows.find(([name]) => name === row) ?? [];
    return total === undefined ? "–" : `${total} (${roundTrips})`;
  };
  // The counts are the same over both clients.
  const rows = prices.rows.filter(([name]) => isMain(name) && !String(name).endsWith("node-redis"));
  return {
    title: "Commands (and round trips), and the price of a million",
    columns: [
      { name: "" },
      ...OPERATIONS.map(([, name]) => ({ name })),
      { name: "a million: sign in", unit: "$" },
      { name: "a million: verify", unit: "$" },
    ],
    rows: rows.map(([name, signIn = null, verify = null]) => [
      name ?? "",
      ...OPERATIONS.map(([operation]) => count(operation, String(name))),
      signIn,
      verify,
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
