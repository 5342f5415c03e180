import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { dieWithParent } from "./redis-server/die-with-parent.ts";
import { probe } from "./redis-server/probe.ts";

const DEFAULT_REDIS_PORT = 6379;
const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 3_000;
const PORT_ATTEMPTS = 10;

export interface RedisServerOptions {
  /** The port, which must be free. By default a free port is chosen. */
  port?: number;
  /** Further arguments of redis-server, such as `["--cluster-enabled", "yes"]`. */
  args?: string[];
  /** Lines of a configuration file, for settings that arguments can't express, such as Sentinel's `monitor`. */
  config?: string[];
  /** Sets `requirepass`. The url contains it. */
  password?: string;
}

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** The running server's process. It changes with a restart. */
  readonly pid: number;
  /** Ends the server and removes its directory. May be called twice. */
  stop(): Promise<void>;
  /** Ends the server by SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** Sends SIGSTOP: connections stay open and new ones are accepted, but nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Ends the server if it still runs, and starts an empty one on the same port. */
  restart(): Promise<void>;
}

/** Starts a real redis-server on 127.0.0.1 that stores nothing on disk and ends with this process. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  if (options.port === DEFAULT_REDIS_PORT) {
    throw new Error(`Port ${DEFAULT_REDIS_PORT} is left to the machine's own Redis; choose another one.`);
  }
  const first = await launchOnSomePort(options);
  const port = first.port;
  let running = first.running;

  return {
    port,
    url: `redis://${options.password ? `:${encodeURIComponent(options.password)}@` : ""}127.0.0.1:${port}`,
    get pid() {
      return running.pid;
    },
    async stop() {
      await running.end("SIGTERM");
      running.forget();
    },
    kill: () => running.end("SIGKILL"),
    freeze: () => running.signal("SIGSTOP"),
    thaw: () => running.signal("SIGCONT"),
    async restart() {
      await running.end("SIGTERM");
      running.forget();
      running = await launch(port, options);
    },
  };
}

interface Running {
  readonly pid: number;
  signal(signal: NodeJS.Signals): void;
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  forget(): void;
}

class PortTakenError extends Error {}

async function launchOnSomePort(options: RedisServerOptions): Promise<{ port: number; running: Running }> {
  if (options.port !== undefined) return { port: options.port, running: await launch(options.port, options) };
  for (let attempt = 1; ; attempt++) {
    const port = await freePort("redis");
    try {
      return { port, running: await launch(port, options) };
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt >= PORT_ATTEMPTS) throw error;
    }
  }
}

async function launch(port: number, options: RedisServerOptions): Promise<Running> {
  const directory = mkdtempSync(join(tmpdir(), "redis-server-"));
  const config = join(directory, "redis.conf");
  writeFileSync(config, (options.config ?? []).join("\n"));
  const args = [config, "--bind", "127.0.0.1", "--port", String(port), "--dir", directory];
  args.push("--save", "", "--appendonly", "no");
  if (options.password) args.push("--requirepass", options.password);
  const child = spawn("redis-server", [...args, ...(options.args ?? [])], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const running = supervise(child, directory);
  try {
    await untilItAnswers(child, port, options.password);
    return running;
  } catch (error) {
    await running.end("SIGKILL");
    running.forget();
    throw error;
  }
}

function supervise(child: ChildProcess, directory: string): Running {
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const forget = dieWithParent(child, directory);
  return {
    pid: child.pid ?? 0,
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      child.kill(signal);
      // A frozen process handles SIGTERM only after SIGCONT.
      child.kill("SIGCONT");
      const patience = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(patience);
    },
    forget() {
      forget();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function untilItAnswers(child: ChildProcess, port: number, password?: string): Promise<void> {
  const failure = failureOf(child, port);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const answer = await Promise.race([probe(port, password), failure]);
    if (answer instanceof Error) throw answer;
    // Another server may have taken the port in the meantime: compare the pid.
    if (answer === "needs a password" || (answer !== undefined && answer === child.pid)) return;
    await Promise.race([sleep(10), failure]);
  }
  throw new Error(`redis-server did not answer on port ${port} within ${START_TIMEOUT_MS} ms.`);
}

/** Resolves with the reason why a child could not start, or why it ended. */
function failureOf(child: ChildProcess, port: number): Promise<Error> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000);
    });
  }
  return new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT";
      resolve(
        missing ? new Error("redis-server is not installed; run: apt-get install redis-server") : error,
      );
    });
    child.once("close", () => {
      const taken = output.includes("Address already in use");
      resolve(
        taken
          ? new PortTakenError(`Port ${port} is taken.`)
          : new Error(`redis-server ended before it answered:\n${output}`),
      );
    });
  });
}
