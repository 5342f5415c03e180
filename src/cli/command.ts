import type { ParseArgsConfig } from "node:util";
import type { Environment } from "./variables.ts";

/** What the process ends with. */
export const EXIT = {
  ok: 0,
  /** The answer is no: not live, no such session to end, a problem found. */
  no: 1,
  /** A usage error, or an environment variable that is missing or wrong. */
  usage: 2,
  /** Redis can't answer. */
  outage: 3,
  /** A fault of this program. */
  internal: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Options as they were given. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** What a command works with. */
export interface Invocation {
  readonly flags: Flags;
  readonly env: Environment;
  /** Whether it shall write JSON. */
  readonly json: boolean;
}

export interface Command {
  /** One line. */
  readonly summary: string;
  /** Its own options in its help, a line each. */
  readonly help: readonly string[];
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** Whether it takes a token: from its standard input, of which a lone `-` reminds the reader, or from a file. */
  readonly takesToken?: true;
  run(invocation: Invocation): Promise<ExitCode>;
}

/** A usage error; the message says what is right. */
export class UsageError extends Error {}

/** The text of an option. */
export function optional(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

export function required(flags: Flags, name: string): string {
  const value = optional(flags, name);
  if (value === undefined) throw new UsageError(`--${name} is missing`);
  return value;
}

/** A whole number that an option or a variable gives as text; its range is checked where it is used. */
export function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`${name} must be a whole number`);
  return Number(text);
}
