/**
 * Compares the library with its peers and with the bare Redis clients: `npm run bench`. For some benchmarks only, and in less time:
 * `npm run bench -- --only=verify,hono --quick`. A run updates what it measured in results.json, and writes the pages that show it.
 * A quick run writes nothing. `npm run bench -- --check` compares a quick run's ratios with the recorded ones, and fails if any fell.
 *
 * On a shared machine, run it with real-time priority, so that it gets the cores that it needs, and with pauses between the turns, so
 * that others get theirs: `chrt -r 5 npm run bench -- --rest=400`.
 */
import { parseArgs } from "node:util";
import { type Fall, fallsSince, formatFall, worksWithRatios } from "./lib/regression.ts";
import { writePages } from "./lib/report.ts";
import { LOAD, readResults, writeResults } from "./lib/results.ts";
import { formatChecks, formatTable, type Section } from "./lib/section.ts";
import type { Settings } from "./lib/stage.ts";
import { byNameOnly, works } from "./works/index.ts";

type Sections = Record<string, Section>;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    rest: { type: "string", default: "0" },
  },
});
const restMs = Number(values.rest);
if (!(restMs >= 0)) throw new RangeError("--rest must be milliseconds, 0 or more");
const settings: Settings =
  values.quick || values.check
    ? { quick: true, sessions: 2_000, rounds: 3, roundMs: 50, restMs }
    : { quick: false, sessions: 10_000, rounds: 9, roundMs: 120, restMs };
const listed = works.map((work) => work(settings));
const all = [...listed, ...byNameOnly.map((work) => work(settings))];
for (const name of values.only?.split(",") ?? []) {
  if (!all.some((work) => work.name === name)) {
    throw new Error(`unknown benchmark: ${name}. Choose from ${all.map((work) => work.name).join(", ")}`);
  }
}

// @hono/session prints each forgery, so that its speed would be that of the terminal.
console.error = () => {};

if (LOAD > 1) console.log(`This machine is busy (load average ${LOAD}): expect low speeds and rough ratios.`);

const began = performance.now();
const seconds = () => `${((performance.now() - began) / 1000).toFixed(0)} s`;

async function measure(names: readonly string[]): Promise<Sections> {
  const found: Sections = {};
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
  return found;
}

/** Measures again what fell, since a quick run is rough: a ratio has fallen if it is low both times. */
async function check(recorded: Sections): Promise<Fall[]> {
  const names = worksWithRatios(recorded).filter(
    (name) => values.only?.split(",").includes(name) ?? listed.some((work) => work.name === name),
  );
  const first = fallsSince(recorded, await measure(names));
  if (first.length === 0) return [];
  const again = fallsSince(recorded, await measure(first.map(({ work }) => work)));
  return again.filter(({ what }) => first.some((fall) => fall.what === what));
}

if (values.check) {
  const recorded = readResults();
  if (recorded === undefined) throw new Error("there is no bench/results.json: npm run bench writes it");
  const falls = await check(recorded.sections);
  for (const fall of falls) console.log(formatFall(fall));
  console.log(`\nRatios that fell by over 20 %: ${falls.length}, in ${seconds()}`);
  process.exit(falls.length > 0 ? 1 : 0);
}

const found = await measure(values.only?.split(",") ?? listed.map(({ name }) => name));
const checks = Object.values(found).flatMap((section) => section.checks);
console.log(`\n# Checklist\n\n${formatChecks(checks)}`);
console.log(`\n${checks.filter(({ met }) => met).length} of ${checks.length} met, in ${seconds()}`);
if (!settings.quick) console.log("written: bench/results.json, and the pages that show it");
// Some peers leave a connection or a timer behind.
process.exit(0);
