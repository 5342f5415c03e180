import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../tools/free-port.ts";
import { atEnd } from "../support/at-end.ts";

const START_TIMEOUT_MS = 20_000;

/** Starts an app as in production, on a free port in `PORT`. It stops after the test or the file. Returns its origin. */
export async function startApp(
  file: string,
  env: Readonly<Record<string, string>>,
  command: string | readonly [string, ...string[]] = process.execPath,
): Promise<string> {
  const [program, ...args] = [command].flat() as [string, ...string[]];
  const port = await freePort("http");
  const child = spawn(program, [...args, file], {
    env: { ...process.env, ...env, PORT: `${port}` },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const ended = once(child, "exit");
  atEnd(async () => {
    child.kill();
    await ended;
  });
  for (const end = Date.now() + START_TIMEOUT_MS; !(await listens(port)); await sleep(50)) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`${file} does not start: ${said}`);
  }
  return `http://127.0.0.1:${port}`;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
