import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { type Flags, optional, UsageError } from "./command.ts";

/** Whether standard input is a terminal, rather than a pipe or a file. */
export const isTyped = (): boolean => process.stdin.isTTY === true;

/** Reads all of standard input, or one line if it is a terminal. */
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

/** Reads the token from a file or standard input, never from the command line, and removes white space around it. */
export async function readToken(flags: Flags): Promise<string> {
  const file = optional(flags, "token-file");
  const text = file === undefined || file === "-" ? await readInput("The token") : await readText(file);
  const token = text.trim();
  if (token === "") throw new UsageError("no token given: pipe it into standard input, or use --token-file");
  return token;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = Object(error) as { code?: unknown };
    // Don't show the file's name, which may be a token that was passed by mistake.
    throw new UsageError(`--token-file can't be read (${typeof code === "string" ? code : "unknown"})`);
  }
}

/** Parses JSON. The error contains only the name, not the text. */
export function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${name} must be JSON`);
  }
}
