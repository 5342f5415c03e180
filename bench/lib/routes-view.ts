import { cellOf } from "./figures.ts";
import type { Results } from "./results.ts";
import type { Table } from "./section.ts";
import { oursOn } from "./speeds.ts";

const COLUMN = "server CPU per request";

/** The frameworks in the order of the table, and the libraries that can revoke in each. */
const RIVALS: Readonly<Record<string, readonly string[]>> = {
  Hono: ["hono-sessions", "@hono/session", "better-auth, Redis secondary storage"],
  Express: ["express-session, connect-redis", "better-auth, Redis secondary storage"],
  Fastify: ["@fastify/session, connect-redis", "better-auth, Redis secondary storage"],
  Next: ["better-auth, Redis secondary storage"],
};

/** The CPU of a protected route in each framework that was measured. */
export function routesView(results: Results): Table {
  const measured = Object.entries(RIVALS).filter(
    ([framework]) => results.sections[framework.toLowerCase()] !== undefined,
  );
  return {
    title: "The CPU of a request, and of which the check",
    columns: [
      { name: "framework" },
      { name: "plain route", unit: "µs" },
      { name: "redis-web-token adds", unit: "µs" },
      { name: "the cheapest other library adds", unit: "µs" },
      { name: "which is" },
    ],
    rows: measured.map(([framework, rivals]) => {
      const section = framework.toLowerCase();
      const cpu = (row: string): number =>
        cellOf(results, { section, row, column: COLUMN }) ?? Number.POSITIVE_INFINITY;
      const plain = cpu(`plain ${framework} route`);
      const best = rivals.reduce((a, b) => (cpu(a) <= cpu(b) ? a : b));
      return [framework, plain, cpu(oursOn("ioredis")) - plain, cpu(best) - plain, best];
    }),
  };
}
