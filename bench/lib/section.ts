/** A number's unit, which decides how it is formatted. */
export type Unit = "" | "/s" | "×" | "µs" | "ms" | "B" | "kB" | "MB" | "$" | "%";

export interface Column {
  readonly name: string;
  /** `undefined` for text. */
  readonly unit?: Unit;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  /** `null` if there is nothing to measure. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A line of the checklist. */
export interface Check {
  readonly what: string;
  /** The bound as text, such as `≥ 0.9 ×`. */
  readonly target: string;
  readonly measured: number;
  readonly unit: Unit;
  readonly met: boolean;
  /** Puts the check into the table of goals on the page for users. Checks of the same goal share a row. */
  readonly goal?: string;
  /** What tells the check from others of the same goal, such as the client. */
  readonly variant?: string;
}

export const withGoal = (goal: string, variant: string, check: Check): Check => ({ ...check, goal, variant });

export const atLeast = (what: string, bound: number, measured: number, unit: Unit = "×"): Check => ({
  what,
  target: `≥ ${format(bound, unit)}`,
  measured,
  unit,
  met: measured >= bound,
});

export const atMost = (what: string, bound: number, measured: number, unit: Unit = "×"): Check => ({
  what,
  target: `≤ ${format(bound, unit)}`,
  measured,
  unit,
  met: measured <= bound,
});

/** The results of one benchmark. */
export interface Section {
  readonly tables: readonly Table[];
  readonly checks: readonly Check[];
}

/** A benchmark. Its name is the one for `--only`, and that of its section in results.json. */
export interface Bench {
  readonly name: string;
  run(): Promise<Section>;
}

export function format(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return "?";
  const digits = { "": 2, "/s": 0, "×": 2, µs: 1, ms: 2, B: 0, kB: 1, MB: 1, $: 2, "%": 1 }[unit];
  const text = value.toLocaleString("en", {
    minimumFractionDigits: unit === "" ? 0 : digits,
    maximumFractionDigits: digits,
  });
  if (unit === "$") return `$${text}`;
  return unit === "" || unit === "/s" ? text : `${text} ${unit}`;
}

export function formatTable({ columns, rows }: Table): string {
  const cells = rows.map((row) =>
    row.map((value, i) => {
      if (value === null) return "–";
      return typeof value === "number" ? format(value, columns[i]?.unit ?? "") : value;
    }),
  );
  const heads = columns.map(({ name, unit }) => (unit === "/s" ? `${name}, per second` : name));
  const widths = heads.map((head, i) => Math.max(head.length, ...cells.map((row) => row[i]?.length ?? 0), 3));
  const isText = (i: number) => columns[i]?.unit === undefined;
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (isText(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, i) => (isText(i) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(heads), line(rule), ...cells.map(line)].join("\n");
}

export function formatChecks(checks: readonly Check[]): string {
  return formatTable({
    title: "",
    columns: [{ name: "" }, { name: "target" }, { name: "measured" }, { name: "" }],
    rows: checks.map(({ what, target, measured, unit, met }) => [
      what,
      target,
      format(measured, unit),
      met ? "met" : "**not met**",
    ]),
  });
}
