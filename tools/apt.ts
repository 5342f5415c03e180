import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";

const POLICY = "/usr/sbin/policy-rc.d";

/** Whether a command is installed and succeeds. */
export function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/** Installs Debian packages if this is Debian and the user is root. Returns whether it tried. */
export function installWithApt(...packages: string[]): boolean {
  if (process.getuid?.() !== 0 || !works("apt-get", "--version")) return false;
  // With a listener, Ctrl-C ends apt-get but not this process, which has to remove a file first.
  const goOn = (): void => {};
  process.on("SIGINT", goOn);
  const removePolicy = keepServicesFromStarting();
  try {
    aptGet("update");
    aptGet("install", "-y", "--no-install-recommends", ...packages);
  } finally {
    removePolicy();
    process.off("SIGINT", goOn);
  }
  return true;
}

function aptGet(...args: string[]): void {
  spawnSync("apt-get", args, {
    stdio: ["ignore", process.stderr, process.stderr],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}

// The package's service would take Redis's default port. Debian runs this script before a package starts its
// service, and exit code 101 forbids it (invoke-rc.d(8)). An existing script, as in most container images, is kept.
function keepServicesFromStarting(): () => void {
  try {
    writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755, flag: "wx" });
  } catch {
    return () => {};
  }
  return () => rmSync(POLICY, { force: true });
}
