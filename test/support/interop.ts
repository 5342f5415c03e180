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

/** PHP code that succeeds if PHP's packages of Debian are there, which are files under its include_path. */
const phpHas = (...files: readonly string[]): string =>
  `exit(extension_loaded('redis') && ${files.map((file) => `stream_resolve_include_path('${file}')`).join(" && ")} ? 0 : 1);`;

export const php: string | undefined = succeeds("php", "-r", phpHas("Predis/autoload.php"))
  ? "php"
  : undefined;
export const phpMissing: string = missing("php with ext-redis and Predis", php !== undefined);

const FRAMEWORKS = [
  "Nyholm/Psr7/autoload.php",
  "Symfony/Component/Security/Http/autoload.php",
  "Illuminate/Routing/autoload.php",
];

/** A PHP that also has PSR-7, Symfony and Laravel. */
export const phpHttp: string | undefined =
  php && succeeds(php, "-r", phpHas(...FRAMEWORKS)) ? php : undefined;
export const phpHttpMissing: string = missing("php with PSR-7, Symfony and Laravel", phpHttp !== undefined);

export const composer: string | undefined = php && succeeds("composer", "--version") ? "composer" : undefined;
export const composerMissing: string = missing("composer", composer !== undefined);
