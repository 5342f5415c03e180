import { styleText } from "node:util";

/** Writes a line to the standard output, where results go. What a terminal would obey is escaped. */
export const print = (line: string): void => void process.stdout.write(`${escaped(line)}\n`);

/** Writes a line to the standard error, where all else goes. */
export const tell = (line: string): void => void process.stderr.write(`${escaped(line)}\n`);

/** Writes a text of several lines to the standard output. */
export const printText = (text: string): void => text.split("\n").forEach(print);

/** Writes a line whose first word has a colour, where the terminal has colours and NO_COLOR isn't set. */
export function printColored(color: "green" | "yellow" | "red" | "dim", word: string, rest: string): void {
  const { stdout } = process;
  const shown = stdout.isTTY && stdout.hasColors() ? styleText(color, word, { validateStream: false }) : word;
  stdout.write(`${shown}${escaped(rest)}\n`);
}

/** The escapes stand within JSON's strings, so a parser gives the value back as it was. */
export const printJson = (value: unknown): void => print(JSON.stringify(value));

/** Prints names and values, one a line, in columns. */
export function printFields(fields: Readonly<Record<string, string | number | undefined>>): void {
  const shown = Object.entries(fields).filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  for (const [name, value] of shown) print(`${name.padEnd(width)}  ${value}`);
}

/** A time in a form that people read and that sorts. @param time - Unix seconds */
export const date = (time: number): string => {
  const read = new Date(time * 1000);
  // A token can hold later ones than a Date.
  return Number.isNaN(read.getTime()) ? `${time}` : read.toISOString().replace(".000", "");
};

/**
 * Control characters (C0, DEL, C1), which terminals obey; bidirectional controls, which reorder what is read; and Unicode's line
 * and paragraph separators. They can come from session data and from a server's INFO.
 */
const OBEYED = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** Text with escapes such as `\u009b`, as JSON and JavaScript write them, in place of what a terminal would obey. */
export const escaped = (text: string): string =>
  text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
