import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { type Flags, optional, UsageError } from "./command.ts";

/** Whether somebody types there, rather than a program or a file. */
export const isTyped = (): boolean => process.stdin.isTTY === true;

/** What comes in at the standard input: all of it, or one line where somebody types. */
export async function readInput(wanted: string): Promise<string> {
  if (isTyped()) {
    process.stderr.write(`${wanted}, then Enter:\n`);
    const lines = createInterface({ input: process.stdin });
    try {
      for await (const line of lines) return line;
      return "";
    } finally {
      lines.close();
    }
  }
  process.stdin.setEncoding("utf8");
  let text = "";
  for await (const part of process.stdin) text += part;
  return text;
}

/** The token, from a file or the standard input, without the white space around it. Never from the command line. */
export async function readToken(flags: Flags): Promise<string> {
  const file = optional(flags, "token-file");
  const text = file === undefined || file === "-" ? await readInput("The token") : await readText(file);
  const token = text.trim();
  if (token === "") throw new UsageError("there is no token at the standard input, nor a --token-file");
  return token;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = Object(error) as { code?: unknown };
    // Not the name: someone may have passed the token.
    throw new UsageError(`--token-file can't be read (${typeof code === "string" ? code : "unknown"})`);
  }
}

/** JSON of an option; the name alone goes into the error. */
export function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${name} must be JSON`);
  }
}
