import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";

const left = new Map<ChildProcess, string>();

process.once("exit", () => {
  for (const [child, directory] of left) {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
});

/**
 * Ends a child, and removes its directory, when this process exits.
 *
 * @returns a function that undoes this
 */
export function dieWithParent(child: ChildProcess, directory: string): () => void {
  left.set(child, directory);
  if (child.pid !== undefined) watch(child, child.pid, directory);
  return () => void left.delete(child);
}

// No exit hook runs if this process is killed. In that case the system closes our end of the pipe, so that the
// shell's `read` reaches the end of its input instead of a line, and the shell kills the child.
const WATCH = 'read -r _ || { kill -KILL "$1"; rm -rf "$2"; }';

function watch(child: ChildProcess, pid: number, directory: string): void {
  const watcher = spawn("/bin/sh", ["-c", WATCH, "watcher", String(pid), directory], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watcher.on("error", () => {});
  watcher.stdin.on("error", () => {});
  watcher.unref();
  child.once("exit", () => watcher.stdin.end("\n"));
}
