import { spawn } from "node:child_process";
import { linesOf } from "./lines.ts";

/** Asks a program in another language: it sends one line of JSON and gets one line of JSON back. */
export type Bridge = (question: object) => Promise<unknown>;

/** Starts a program that answers questions in order, and returns what ends it too. */
export function launchBridge(command: string, args: readonly string[]): [Bridge, () => void] {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  const waiting: { resolve: (answer: unknown) => void; reject: (error: Error) => void }[] = [];
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  void (async () => {
    for await (const line of linesOf(child.stdout)) {
      const asked = waiting.shift();
      try {
        asked?.resolve(JSON.parse(line));
      } catch {
        asked?.reject(new Error(`not a JSON line: ${line}\n${complaints}`));
      }
    }
  })();
  const fail = (why: string) => {
    for (const asked of waiting.splice(0))
      asked.reject(new Error(`${[command, ...args].join(" ")} ${why}\n${complaints}`));
  };
  child.on("error", (error) => fail(error.message));
  child.on("close", (code) => fail(`ended with ${code}`));
  // If the program has ended, the "close" listener above rejects the question.
  child.stdin.on("error", () => {});
  const ask: Bridge = (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      if (child.exitCode !== null) return fail(`ended with ${child.exitCode}`);
      child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  return [ask, () => void child.kill()];
}
