import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll } from "vitest";
import { root } from "../../tools/entries.ts";
import { freePort } from "../../tools/free-port.ts";
import { bin } from "../support/bin.ts";
import { withoutOurs } from "../support/environment.ts";

const START_TIMEOUT_MS = 50_000;
const STOP_TIMEOUT_MS = 5_000;

/** How to start each entry of the example. */
const COMMANDS = {
  worker: [process.execPath, "tools/start.ts"],
  node: [process.execPath, "worker-example/node.ts"],
  deno: [bin("deno"), "run", "--allow-net", "--allow-env", "--allow-read", "worker-example/deno.ts"],
  bun: [bin("bun"), "worker-example/bun.ts"],
} as const;

export type Entry = keyof typeof COMMANDS;
export type Variables = Readonly<Record<string, string>>;

/** An entry of the example in its own process. */
export interface Service {
  readonly url: string;
  readonly pid: number;
  /** Everything that it has printed. */
  output(): string;
  /** Sends the signal to the process only, and returns its exit code. */
  end(signal: "SIGINT" | "SIGTERM"): Promise<number | null>;
}

export const newSecret = (): string => randomBytes(32).toString("base64");

/** Starts an entry on a free port, with only the given variables of the project's. It is stopped after the test file. */
export async function startService(entry: Entry, variables: Variables = {}): Promise<Service> {
  const port = variables.PORT === undefined ? await freePort("http") : Number(variables.PORT);
  const url = `http://localhost:${port}`;
  const [command, ...args] = COMMANDS[entry];
  const child = spawn(command, args, {
    cwd: root,
    env: { ...withoutOurs(process.env), ...variables, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
    // Its own process group, so that workerd ends with it.
    detached: true,
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  await untilItAnswers(child, `${url}/style.css`, () => output);
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    async end(signal) {
      const closed = once(child, "close");
      child.kill(signal);
      await closed;
      return child.exitCode;
    },
  };
}

const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach(killGroup));
afterAll(async () => void (await Promise.all([...running].map(stop))));

async function stop(child: ChildProcess): Promise<void> {
  const patience = setTimeout(() => killGroup(child), STOP_TIMEOUT_MS);
  if (child.exitCode === null && child.signalCode === null && child.kill("SIGTERM"))
    await once(child, "close");
  clearTimeout(patience);
  killGroup(child);
  running.delete(child);
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has already ended.
  }
}

async function untilItAnswers(child: ChildProcess, url: string, output: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${output()}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return void (await answer.text());
    await sleep(50);
  }
  throw new Error(`It did not answer within ${START_TIMEOUT_MS} ms:\n${output()}`);
}
