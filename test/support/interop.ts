import { spawnSync } from "node:child_process";

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

/** A Python that has a Redis client. Debian's package installs it for the system's Python, which may not be the first in PATH. */
export const python: string | undefined = ["python3", "/usr/bin/python3"].find((command) =>
  succeeds(command, "-c", "import cryptography, redis"),
);
export const pythonMissing: string = missing(
  "a Python with the packages cryptography and redis",
  python !== undefined,
);

const BOTH_CLIENTS = "exit(extension_loaded('redis') && @include('Predis/autoload.php') ? 0 : 1);";

export const php: string | undefined = succeeds("php", "-r", BOTH_CLIENTS) ? "php" : undefined;
export const phpMissing: string = missing("php with ext-redis and Predis", php !== undefined);

/** A Python with the frameworks that the package adapts to. */
export const pythonFrameworks: string | undefined = ["python3", "/usr/bin/python3"].find((command) =>
  succeeds(command, "-c", "import cryptography, django, fastapi, redis, uvicorn"),
);
export const pythonFrameworksMissing: string = missing(
  "a Python with Django, FastAPI and uvicorn",
  pythonFrameworks !== undefined,
);
