/** Installs redis-server if it is missing, or says how to install it. */
import { installWithApt, works } from "./apt.ts";

const isThere = (): boolean => works("redis-server", "--version");

if (!isThere() && !(installWithApt("redis-server") && isThere())) {
  console.error(
    "redis-server is not installed; run: apt-get install redis-server   (macOS: brew install redis)",
  );
  process.exitCode = 1;
}
