/** Installs redis-server where it is missing and can be, or says how to. */
import { installWithApt, works } from "./apt.ts";

const isThere = (): boolean => works("redis-server", "--version");

if (!isThere() && !(installWithApt("redis-server") && isThere())) {
  console.error(
    "redis-server is not installed; run: apt-get install redis-server   (macOS: brew install redis)",
  );
  process.exitCode = 1;
}
