import type { SuiteResult } from "./programs/suites.ts";

/** The results of a runtime. */
export interface Outcome {
  readonly runtime: string;
  readonly version: string;
  readonly results: readonly SuiteResult[];
  /** Why the runtime couldn't be run. */
  readonly error?: string;
}

const COLUMNS = ["memory", "HTTP", "Hono", "ioredis", "node-redis", "Bun's own"];

/** Stores that a runtime doesn't have: no TCP on the edge, and Bun's client only in Bun. */
const absent = ({ results }: Outcome, column: string): boolean =>
  results.length > 0 && !results.some(({ store }) => store === column);

const hasPassed = ({ passed, total }: SuiteResult): boolean => total > 0 && passed === total;

/** Whether a row without suites has passed all its checks. */
export const hasPassedAll = ({ error, results }: Outcome): boolean =>
  error === undefined && results.length > 0 && results.every(hasPassed);

export const isGreen = ({ error, results }: Outcome): boolean =>
  error === undefined &&
  ["memory", "HTTP", "Hono"].every((store) => results.some((one) => one.store === store)) &&
  results.every(hasPassed);

/** The table for a terminal, with all counts. */
export function terminalTable(outcomes: readonly Outcome[]): string {
  const columns = [...COLUMNS, "docs", "browser"];
  const rows = outcomes.map((outcome) => [
    isGreen(outcome) ? "ok" : "FAILED",
    outcome.runtime,
    outcome.version,
    ...columns.map((column) => {
      const result = outcome.results.find(({ store }) => store === column);
      if (result) return `${result.passed}/${result.total}`;
      return absent(outcome, column) ? "" : "not run";
    }),
  ]);
  return aligned([["", "runtime", "version", ...columns], ...rows]);
}

/** Lines of text whose cells stand below each other. */
export function aligned(table: readonly (readonly string[])[]): string {
  const widths = table[0]?.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0))) ?? [];
  return table
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The table for docs/runtimes.md: what is supported, without anything that changes with every release of a runtime. */
export function pageTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const marks = COLUMNS.map((column) => {
      if (absent(outcome, column)) return "";
      const result = outcome.results.find(({ store }) => store === column);
      return result && hasPassed(result) ? "✓" : "✗";
    });
    return `| ${[outcome.runtime, ...marks].join(" | ")} |`.replaceAll("|  |", "| |");
  });
  const head = [
    "",
    "memory",
    "HTTP (Upstash's protocol)",
    "Hono, and `request`",
    "ioredis",
    "node-redis",
    "Bun's own",
  ];
  return [`| ${head.join(" | ")} |`.replace("|  |", "| |"), `|${" --- |".repeat(head.length)}`, ...rows]
    .map((line) => line.replaceAll("|  |", "| |"))
    .join("\n");
}

/** The table for docs/frameworks/index.md. */
export function exampleTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => `| ${outcome.runtime} | ${hasPassedAll(outcome) ? "✓" : "✗"} |`);
  return ["| the example for | |", "| --- | --- |", ...rows].join("\n");
}

const END = "<!-- end -->";

/**
 * The page with the new table.
 *
 * @param script - of package.json, which makes the table
 */
export function withTable(page: string, table: string, script = "matrix"): string {
  const begin = `<!-- made by \`npm run ${script} -- --write\`: -->`;
  const [before, rest = ""] = page.split(begin);
  const after = rest.slice(rest.indexOf(END));
  if (!rest.includes(END)) throw new Error(`the page has no ${begin} … ${END}`);
  return `${before}${begin}\n\n${table}\n\n${after}`;
}
