import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/entries.ts";
import { edgeChart, nodeChart } from "./chart.ts";
import { tableOf } from "./figures.ts";
import { goals } from "./goals.ts";
import type { Results } from "./results.ts";
import { routesView } from "./routes-view.ts";
import { formatChecks, formatTable } from "./section.ts";
import { summary } from "./summary.ts";
import { bill, mainRows, overview, peers } from "./views.ts";

/** The width of a line of prose, in characters. */
const WIDTH = 120;

const SCHEMES = ["light", "dark"] as const;

/** Writes the pages that show the results, and returns their paths. */
export function writePages(results: Results): string[] {
  const pages = pagesOf(results);
  for (const [path, text] of pages) writeFileSync(join(root, path), text);
  return [...pages.keys()];
}

/** The pages that show the results: path and text. */
export function pagesOf(results: Results): Map<string, string> {
  return new Map([
    ["docs/performance.md", fill("docs/performance.md", performance(results))],
    [
      "docs/compared-with.md",
      fill("docs/compared-with.md", new Map([["peers", formatTable(peers(results))]])),
    ],
    ["bench/results.md", everything(results)],
    ...SCHEMES.flatMap((scheme): [string, string][] => [
      [`docs/benchmark-edge-${scheme}.svg`, edgeChart(results, scheme)],
      [`docs/benchmark-${scheme}.svg`, nodeChart(results, scheme)],
    ]),
  ]);
}

/** Fills the markers of a page. It throws for a part without a marker, and for a marker without a part. */
function fill(path: string, parts: Map<string, string>): string {
  const marked = /(<!-- bench:([a-z]+) -->\n).*?(<!-- end -->)/gs;
  const filled = readFileSync(join(root, path), "utf8").replaceAll(
    marked,
    (_, begin: string, name: string, end: string) => {
      const part = parts.get(name);
      if (part === undefined) throw new Error(`${path} marks a part that there isn't: ${name}`);
      parts.delete(name);
      return `${begin}\n${part}\n\n${end}`;
    },
  );
  if (parts.size > 0) throw new Error(`${path} has no place for ${[...parts.keys()].join(", ")}`);
  return filled;
}

function performance(results: Results): Map<string, string> {
  const first = ["http", "memory", "scale", "size"];
  return new Map([
    [
      "summary",
      summary(results)
        .map((line) => wrap(`- ${line}`, "  "))
        .join("\n"),
    ],
    ["goals", formatTable(goals(results))],
    ["overview", formatTable(overview(results))],
    ["routes", formatTable(routesView(results))],
    ["bill", formatTable(bill(results))],
    ...first.map((name): [string, string] => [name, formatTable(mainRows(tableOf(results, name)))]),
    ["targets", wrap(targetsMet(results))],
    ["setting", wrap(setting(results))],
  ]);
}

/** bench/results.md: every table and every target. */
function everything(results: Results): string {
  const checks = Object.values(results.sections).flatMap((section) => section.checks);
  const sections = Object.entries(results.sections).map(([name, { tables }]) => {
    const blocks = tables.map((table) => `**${table.title}**\n\n${formatTable(table)}`);
    return `## ${name}\n\n${blocks.join("\n\n")}`;
  });
  const blocks = [
    "# All results",
    wrap(
      "Every table that `npm run bench` measured, as in [results.json](results.json). Written by `npm run bench:pages`, never by hand. [The page for users](../docs/performance.md) shows the main ones, and [README.md](README.md) says how they are measured.",
    ),
    wrap(setting(results)),
    `## Targets\n\n${targetsMet(results)}\n\n${formatChecks(checks)}`,
    ...sections,
  ];
  return `${blocks.join("\n\n")}\n`;
}

function targetsMet({ sections }: Results): string {
  const checks = Object.values(sections).flatMap((section) => section.checks);
  return `${checks.filter(({ met }) => met).length} of ${checks.length} targets are met.`;
}

function setting({ date, machine, load, versions, dates }: Results): string {
  const earlier = Object.entries(dates).filter(([, of]) => of !== date);
  const others = earlier.map(([name, of]) => ` (${name}: ${of})`).join("");
  const list = Object.entries(versions).map(
    ([name, version]) => `${name === "node" ? "Node" : name} ${version}`,
  );
  const busy =
    load > 1 ? ` The machine was busy with other work when the run began (load average ${load}).` : "";
  return `Measured on ${date}${others}, on ${machine}, with Redis on the same machine.${busy} ${list.join(", ")}.`;
}

/** Breaks a paragraph into lines. */
function wrap(text: string, indent = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
