import { figure } from "./figures.ts";
import type { Results } from "./results.ts";
import { bareOn, oursOn, withSubject } from "./speeds.ts";

const OURS = oursOn("ioredis");
const SPEED = "64 concurrent";
const RATIO = "ratio to the bare client, 64";
const WITH_SUBJECT = withSubject("ioredis");
const CPU = "server CPU per request";

/** The main findings for a reader, with their figures. */
export function summary(results: Results): string[] {
  const speed = (section: string, row: string): string =>
    figure(results, { section, row, column: SPEED }, "/s");
  const ratio = (section: string, row: string): string =>
    figure(results, { section, row, column: RATIO }, "×");
  const http = (row: string): string => figure(results, { section: "http", row, column: "5 ms away" }, "ms");
  const bytes = (row: string): string => figure(results, { section: "memory", row, column: "total" }, "B");
  const ending = (column: string): string =>
    figure(results, { section: "subject", row: "destroyAll", column }, "ms");
  const cpu = (row: string): string => figure(results, { section: "hono", row, column: CPU }, "µs");
  const inGrowth = (row: string): string => figure(results, { section: "scale", row, column: SPEED }, "/s");
  const signTotal = figure(
    results,
    { section: "costs", table: "Each sign", row: WITH_SUBJECT, column: "total" },
    "",
  );
  const signPrice = figure(
    results,
    { section: "costs", table: "The price of a million", row: WITH_SUBJECT, column: "sign" },
    "$",
  );
  const small = figure(
    results,
    { section: "size", table: "Size of a bundle", row: "createRwt", column: "" },
    "kB",
  );
  return [
    `**A check is one round trip.** Over HTTP, 5 ms away, it takes ${http("redis-web-token, upstashStore")}; a bare \`fetch\` of the same key takes ${http("bare fetch of GET")}.`,
    `**Concurrent checks share commands.** Over ioredis, 64 at a time, ${speed("verify", OURS)} per second: ${ratio("verify", OURS)} the client's own \`GET\` and \`JSON.parse\`. Tokens that the process hasn't memoized yet: ${ratio("verify", `${OURS}, not yet memoized`)}.`,
    `**Compared with other session libraries in Redis:** called as a middleware, ${speed("verify", "redis-web-token, as a Hono middleware")} checks per second; hono-sessions ${speed("verify", "hono-sessions")}, express-session ${speed("verify", "express-session, connect-redis")}. Called as a function, ${speed("verify", OURS)}; better-auth's \`getSession\` ${speed("verify", "better-auth, Redis secondary storage")}.`,
    `**A forged token costs** ${figure(results, { section: "forged", row: OURS, column: "each of 64 concurrent" }, "µs")} and no command.`,
    `**Behind a Hono route,** a request takes ${cpu(OURS)} of the server's CPU over ioredis: ${cpu(bareOn("ioredis"))} with the client's own \`GET\`, ${cpu("plain Hono route")} without a check, ${cpu("hono-sessions")} with hono-sessions.`,
    `**Memory:** ${bytes(OURS)} of Redis per session of a 300-byte user, ${bytes(WITH_SUBJECT)} with a subject of its own. A bare \`SET\` takes ${bytes("GET and JSON.parse, ioredis")}.`,
    `**Ending all sessions of a user** takes ${ending("100,000 sessions")} with 100,000 sessions, and ${ending("10 sessions")} with 10.`,
    `**Size:** ${small} minified and gzipped.`,
    `**What costs more:** a sign-in with a subject is one script with ${signTotal} commands inside: ${speed("sign", WITH_SUBJECT)} per second, ${ratio("sign", WITH_SUBJECT)} a bare \`SET\`, and ${signPrice} per million where a provider bills each command.`,
    `**What is slower:** behind a Hono route, a request over node-redis takes ${cpu(oursOn("node-redis"))} of CPU, ${cpu(bareOn("node-redis"))} with the bare client. With 1,000,000 sessions in Redis, checks drop from ${inGrowth("10,000")} to ${inGrowth("1,000,000")} per second.`,
  ];
}
