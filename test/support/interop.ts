import { spawnSync } from "node:child_process";
import { PYTHON_CHECK, PYTHON_MODULES } from "../../tools/python-modules.ts";

const succeeds = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: "ignore" }).status === 0;

/** CI installs the other languages (`npm run setup:interop`) and doesn't allow their tests to be skipped. */
const REQUIRED = process.env.RWT_INTEROP === "required";

/** For a suite's name: why it is skipped. Empty if it runs. */
export function missing(what: string, isThere: boolean): string {
  if (isThere) return "";
  if (REQUIRED) throw new Error(`${what} is missing: npm run setup:interop`);
  return `: SKIPPED, ${what} is missing (npm run setup:interop)`;
}

/** A Python with all that the tests import. Debian's packages are for the system's Python, which may not be the first in PATH. */
export const python: string | undefined = ["python3", "/usr/bin/python3"].find((command) =>
  succeeds(command, ...PYTHON_CHECK),
);
export const pythonMissing: string = missing(
  `a Python with ${Object.keys(PYTHON_MODULES).join(", ")}`,
  python !== undefined,
);

const BOTH_CLIENTS = "exit(extension_loaded('redis') && @include('Predis/autoload.php') ? 0 : 1);";

export const php: string | undefined = succeeds("php", "-r", BOTH_CLIENTS) ? "php" : undefined;
export const phpMissing: string = missing("php with ext-redis and Predis", php !== undefined);
