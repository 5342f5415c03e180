import type { Results } from "./results.ts";
import { format, type Table, type Unit } from "./section.ts";

/** The place of a figure: a section, a row by its first cell, and a column by its name. */
export interface Place {
  readonly section: string;
  readonly row: string;
  readonly column: string;
  /** The table, if the section has several. By default the first one. */
  readonly table?: string;
}

/** A table of results.json. It throws if the table is missing, since a page must not have gaps. */
export function tableOf({ sections }: Results, section: string, title?: string): Table {
  const tables = sections[section]?.tables ?? [];
  const found = title === undefined ? tables[0] : tables.find((table) => table.title.startsWith(title));
  if (found === undefined) throw new Error(`results.json has no table ${section}, ${title ?? "the first"}`);
  return found;
}

/** A cell. `null` if there was nothing to measure, or if the table has no such row. */
export function cellOf(results: Results, { section, row, column, table }: Place): number | null {
  const { columns, rows } = tableOf(results, section, table);
  // The first column has the names of the rows.
  const index = columns.findIndex(({ name }, i) => i > 0 && name === column);
  if (index < 0) throw new Error(`results.json has no column ${column} in ${section}`);
  const cell = rows.find(([name]) => name === row)?.[index] ?? null;
  if (typeof cell === "string") throw new Error(`${section}, ${row}, ${column} is a text`);
  return cell;
}

/** A figure as it is displayed on pages. */
export function figure(results: Results, place: Place, unit: Unit): string {
  const value = cellOf(results, place);
  if (value === null) throw new Error(`results.json has no figure for ${JSON.stringify(place)}`);
  return format(value, unit);
}
