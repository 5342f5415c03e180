import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** A runtime's command, with folder and environment. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string | undefined>;
}

/** Milliseconds. Long, because of cold caches and busy machines. */
const START_TIMEOUT = 60_000;

function start({ file, args, cwd, env }: Command): { child: ChildProcess; stderr: () => string } {
  const child = spawn(file, args, { cwd, env: env as NodeJS.ProcessEnv, stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr = (stderr + chunk).slice(-4000);
  });
  child.on("error", (error) => {
    stderr += error.message;
  });
  return { child, stderr: () => stderr };
}

/** Runs a program and returns what it prints. */
export async function outputOf(command: Command, timeout = 180_000): Promise<string> {
  const { child, stderr } = start(command);
  let stdout = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  const patience = setTimeout(() => child.kill("SIGKILL"), timeout);
  const [code, signal] = await once(child, "close").finally(() => clearTimeout(patience));
  if (code !== 0) throw new Error(`it ended with ${code ?? signal}: ${stderr()}${stdout}`);
  return stdout;
}

/**
 * Starts a server on a port. `use` is called when it answers, and the server is stopped afterwards.
 *
 * @param signal - SIGTERM for a command that has to stop processes of its own
 */
export async function withServerOn<Result>(
  port: number,
  command: Command,
  use: (origin: string) => Promise<Result>,
  signal: NodeJS.Signals = "SIGKILL",
): Promise<Result> {
  const { child, stderr } = start(command);
  const origin = `http://127.0.0.1:${port}`;
  let ended = false;
  const end = once(child, "close").then(() => {
    ended = true;
  });
  try {
    const patience = AbortSignal.timeout(START_TIMEOUT);
    while (!(await fetch(origin, { signal: patience }).then(Boolean, () => false))) {
      if (ended || patience.aborted) throw new Error(`the server didn't start: ${stderr()}`);
      await sleep(50);
    }
    return await use(origin);
  } finally {
    child.kill(signal);
    await end;
  }
}

/** Starts a server that prints its address first. `use` gets the address, and the server is stopped afterwards. */
export async function withServer<Result>(
  command: Command,
  use: (origin: string) => Promise<Result>,
): Promise<Result> {
  const { child, stderr } = start(command);
  const ended = once(child, "close");
  try {
    const lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
    const first = await Promise.race([lines.next(), ended, sleep(START_TIMEOUT, {}, { ref: false })]);
    if (!("value" in first) || first.value === undefined) {
      throw new Error(`the server didn't start: ${stderr()}`);
    }
    return await use(first.value);
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}
