import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { manifest, root } from "../../tools/entries.ts";
import { withoutOurs } from "../support/environment.ts";

/** The built program, as package.json names it. */
export const program: string = join(root, manifest.bin["redis-web-token"] ?? "");

export type Variables = Readonly<Record<string, string>>;

/** What a run of the program came to. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it wrote, where that is JSON. */
  readonly json: unknown;
}

/** Runs the program with no variables of ours but these, and waits for its end. */
export async function runProgram(
  args: readonly string[],
  variables: Variables = {},
  input = "",
  nodeOptions: readonly string[] = [],
): Promise<Outcome> {
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], {
    env: { ...withoutOurs(process.env), ...variables },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // It may have read no input at all.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (part: Buffer) => {
    stdout += part.toString();
  });
  child.stderr.on("data", (part: Buffer) => {
    stderr += part.toString();
  });
  const [code] = await once(child, "close");
  return { code, stdout, stderr, json: jsonIn(stdout) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
