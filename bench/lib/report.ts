import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/entries.ts";
import type { Results } from "./results.ts";
import { format, formatChecks, formatTable, type Section } from "./section.ts";
import { type Bar, barChart } from "./svg.ts";

const PAGE = join(root, "PERFORMANCE.md");
const CHART = join(root, "bench/chart.svg");

/** Writes the chart, and the tables between PERFORMANCE.md's markers. */
export function report(results: Results): void {
  if (results.sections.verify) writeFileSync(CHART, chart(results.sections.verify));
  const parts = new Map<string, string>([
    ["checklist", checklist(results)],
    ["setting", setting(results)],
    ...Object.entries(results.sections).map(([name, section]): [string, string] => [name, tables(section)]),
  ]);
  const page = readFileSync(PAGE, "utf8");
  const marked = /(<!-- bench:([a-z]+) -->\n).*?(<!-- end -->)/gs;
  const filled = page.replaceAll(marked, (_, begin: string, name: string, end: string) => {
    const part = parts.get(name);
    parts.delete(name);
    return part === undefined ? `${begin}${end}` : `${begin}\n${part}\n\n${end}`;
  });
  if (parts.size > 0) throw new Error(`PERFORMANCE.md has no place for ${[...parts.keys()].join(", ")}`);
  writeFileSync(PAGE, filled);
}

const tables = (section: Section): string =>
  section.tables.map((table) => `**${table.title}**\n\n${formatTable(table)}`).join("\n\n");

function checklist({ sections }: Results): string {
  const checks = Object.values(sections).flatMap((section) => section.checks);
  return `${checks.filter(({ met }) => met).length} of ${checks.length} targets are met.\n\n${formatChecks(checks)}`;
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

/** Sessions verified per second, 64 concurrent. */
function chart({ tables: [table] }: Section): string {
  const column = table?.columns.findIndex(({ name }) => name === "64 concurrent") ?? -1;
  const bars = (table?.rows ?? []).map((row): Bar => {
    const label = String(row[0]).replace("redis-web-token, ", "");
    const value = Number(row[column]);
    return { label, value, text: format(value, "/s"), group: groupOf(String(row[0])) };
  });
  return barChart("Live sessions verified per second, 64 concurrent", bars);
}

function groupOf(name: string): string {
  if (name.startsWith("GET")) return "bare Redis client";
  if (name.startsWith("redis-web-token")) return "redis-web-token";
  return /^(jose|iron)/.test(name) ? "stateless: can't revoke" : "other session libraries";
}
