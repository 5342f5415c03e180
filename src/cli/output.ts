/** Writes a line to the standard output, where results go. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Writes a line to the standard error, where all else goes. */
export const tell = (line: string): void => void process.stderr.write(`${line}\n`);

export const printJson = (value: unknown): void => print(JSON.stringify(value));

/** Prints names and values, one a line, in columns. */
export function printFields(fields: Readonly<Record<string, string | number | undefined>>): void {
  const shown = Object.entries(fields).filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  for (const [name, value] of shown) print(`${name.padEnd(width)}  ${safe(String(value))}`);
}

/** A time in a form that people read and that sorts. @param time - Unix seconds */
export const date = (time: number): string => {
  const read = new Date(time * 1000);
  // A token can hold later ones than a Date.
  return Number.isNaN(read.getTime()) ? `${time}` : read.toISOString().replace(".000", "");
};

/** Text without what a terminal would obey. */
export const safe = (text: string): string => text.replace(/\p{Cc}/gu, "\u{fffd}");
