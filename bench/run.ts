/**
 * Compares the library with its peers and with the bare Redis clients: `npm run bench`. For some benchmarks only, and in less time:
 * `npm run bench -- --only=verify,hono --quick`. A run updates what it measured in results.json, and writes the pages that show it.
 * A quick run writes nothing.
 *
 * On a shared machine, run it with real-time priority, so that it gets the cores that it needs, and with pauses between the turns, so
 * that others get theirs: `chrt -r 5 npm run bench -- --rest=400`.
 */
import { parseArgs } from "node:util";
import { writePages } from "./lib/report.ts";
import { LOAD, writeResults } from "./lib/results.ts";
import { formatChecks, formatTable, type Section } from "./lib/section.ts";
import type { Settings } from "./lib/stage.ts";
import { works } from "./works/index.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    rest: { type: "string", default: "0" },
  },
});
const restMs = Number(values.rest);
if (!(restMs >= 0)) throw new RangeError("--rest must be milliseconds, 0 or more");
const settings: Settings = values.quick
  ? { quick: true, sessions: 2_000, rounds: 3, roundMs: 50, restMs }
  : { quick: false, sessions: 10_000, rounds: 9, roundMs: 120, restMs };
const all = works.map((work) => work(settings));
const names = values.only?.split(",") ?? all.map(({ name }) => name);
for (const name of names) {
  if (!all.some((work) => work.name === name)) {
    throw new Error(`unknown benchmark: ${name}. Choose from ${all.map((work) => work.name).join(", ")}`);
  }
}

// @hono/session prints each forgery, so that its speed would be that of the terminal.
console.error = () => {};

if (LOAD > 1) console.log(`This machine is busy (load average ${LOAD}): expect low speeds and rough ratios.`);

const began = performance.now();
const seconds = () => `${((performance.now() - began) / 1000).toFixed(0)} s`;
const found: Record<string, Section> = {};
for (const { name, run } of all) {
  if (!names.includes(name)) continue;
  console.log(`\n# ${name} (after ${seconds()})`);
  const section = await run();
  found[name] = section;
  // Write after each section, so that an interrupted run keeps its results.
  if (!settings.quick) writePages(writeResults(found));
  for (const table of section.tables) console.log(`\n${table.title}\n\n${formatTable(table)}`);
  if (section.checks.length > 0) console.log(`\n${formatChecks(section.checks)}`);
}

const checks = Object.values(found).flatMap((section) => section.checks);
console.log(`\n# Checklist\n\n${formatChecks(checks)}`);
console.log(`\n${checks.filter(({ met }) => met).length} of ${checks.length} met, in ${seconds()}`);
if (!settings.quick) console.log("written: bench/results.json, and the pages that show it");
// Some peers leave a connection or a timer behind.
process.exit(0);
