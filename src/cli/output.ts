import { styleText } from "node:util";

/** Writes a line to standard output, for results. Characters that control a terminal are escaped. */
export const print = (line: string): void => void process.stdout.write(`${escaped(line)}\n`);

/** Writes a line to standard error, for everything else. */
export const tell = (line: string): void => void process.stderr.write(`${escaped(line)}\n`);

/** Writes text of several lines to standard output. */
export const printText = (text: string): void => text.split("\n").forEach(print);

/** Writes a line whose first word has a colour, if the terminal supports colours and NO_COLOR isn't set. */
export function printColored(color: "green" | "yellow" | "red" | "dim", word: string, rest: string): void {
  const { stdout } = process;
  const shown = stdout.isTTY && stdout.hasColors() ? styleText(color, word, { validateStream: false }) : word;
  stdout.write(`${shown}${escaped(rest)}\n`);
}

/** Writes a value as a line of JSON. Only strings contain characters that are escaped, so that a parser returns the same value. */
export const printJson = (value: unknown): void => print(JSON.stringify(value));

/** Prints names and values in two columns, one pair per line. */
export function printFields(fields: Readonly<Record<string, string | number | undefined>>): void {
  const shown = Object.entries(fields).filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  for (const [name, value] of shown) print(`${name.padEnd(width)}  ${value}`);
}

/** Formats a time as ISO 8601, which sorts. @param time - Unix seconds */
export const date = (time: number): string => {
  const read = new Date(time * 1000);
  // `toISOString` throws for a time that a Date can't hold.
  return Number.isNaN(read.getTime()) ? `${time}` : read.toISOString().replace(".000", "");
};

/**
 * Control characters (C0, DEL, C1), which terminals execute; bidirectional controls, which reorder the text; and Unicode's line and
 * paragraph separators. Session data and a server's INFO may contain them.
 */
const OBEYED = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** Replaces characters that control a terminal by escapes such as `\u009b`, which JSON and JavaScript understand. */
export const escaped = (text: string): string =>
  text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
