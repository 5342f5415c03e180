import type { Results } from "./results.ts";
import { format, type Table, type Unit } from "./section.ts";

/** Where a figure stands: a section, a row by its first cell, and a column by its name. */
export interface Place {
  readonly section: string;
  readonly row: string;
  readonly column: string;
  /** For a section with several tables. By default its first one. */
  readonly table?: string;
}

/** A stored table. One that isn't there is an error: a page must not show gaps. */
export function tableOf({ sections }: Results, section: string, title?: string): Table {
  const tables = sections[section]?.tables ?? [];
  const found = title === undefined ? tables[0] : tables.find((table) => table.title.startsWith(title));
  if (found === undefined) throw new Error(`results.json has no table ${section}, ${title ?? "the first"}`);
  return found;
}

/** One cell, `null` where there was nothing to measure or the table leaves that row out. */
export function cellOf(results: Results, { section, row, column, table }: Place): number | null {
  const { columns, rows } = tableOf(results, section, table);
  // The first column holds the names of the rows.
  const index = columns.findIndex(({ name }, i) => i > 0 && name === column);
  if (index < 0) throw new Error(`results.json has no column ${column} in ${section}`);
  const cell = rows.find(([name]) => name === row)?.[index] ?? null;
  if (typeof cell === "string") throw new Error(`${section}, ${row}, ${column} is a text`);
  return cell;
}

/** The figure as a page writes it. */
export function figure(results: Results, place: Place, unit: Unit): string {
  const value = cellOf(results, place);
  if (value === null) throw new Error(`results.json has no figure for ${JSON.stringify(place)}`);
  return format(value, unit);
}
