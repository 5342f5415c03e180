import type { ParseArgsConfig } from "node:util";
import type { Environment } from "./variables.ts";

/** The process's exit codes. */
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

/** The options of the command line. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** The input of a command. */
export interface Invocation {
  readonly flags: Flags;
  readonly env: Environment;
  /** Whether to print JSON. */
  readonly json: boolean;
}

export interface Command {
  /** One line. */
  readonly summary: string;
  /** Help for the command's own options, one line each. */
  readonly help: readonly string[];
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** Whether it reads a token, from standard input or a file. It then accepts the argument `-`, which means standard input. */
  readonly takesToken?: true;
  run(invocation: Invocation): Promise<ExitCode>;
}

/** A usage error. The message says what to do instead. */
export class UsageError extends Error {}

/** The value of an option with text, if it is set. */
export function optional(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

export function required(flags: Flags, name: string): string {
  const value = optional(flags, name);
  if (value === undefined) throw new UsageError(`--${name} is missing`);
  return value;
}

/** Parses a whole number from an option or a variable. Its range is checked where it is used. */
export function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`${name} must be a whole number`);
  return Number(text);
}
