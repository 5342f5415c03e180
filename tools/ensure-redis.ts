import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";

const POLICY = "/usr/sbin/policy-rc.d";

if (!works("redis-server", "--version") && !installWithApt()) {
  console.error(
    "redis-server is not installed; run: apt-get install redis-server   (macOS: brew install redis)",
  );
  process.exitCode = 1;
}

function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function installWithApt(): boolean {
  if (process.getuid?.() !== 0 || !works("apt-get", "--version")) return false;
  // With a listener, Ctrl-C ends apt-get but not this process, which has a file to remove.
  process.on("SIGINT", () => {});
  const removePolicy = keepServicesFromStarting();
  try {
    aptGet("update");
    aptGet("install", "-y", "--no-install-recommends", "redis-server");
  } finally {
    removePolicy();
  }
  return works("redis-server", "--version");
}

function aptGet(...args: string[]): void {
  spawnSync("apt-get", args, {
    stdio: ["ignore", process.stderr, process.stderr],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}

// Debian asks this script before a package starts its service; 101 forbids it (invoke-rc.d(8)). The package's
// service would take Redis's default port. One that is there already, as in most container images, stays.
function keepServicesFromStarting(): () => void {
  try {
    writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755, flag: "wx" });
  } catch {
    return () => {};
  }
  return () => rmSync(POLICY, { force: true });
}
