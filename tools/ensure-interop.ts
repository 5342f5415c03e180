/** Installs what the tests of interop/ need, or says how to install it. CI runs it, so that none of them is skipped there. */
import { installWithApt, works } from "./apt.ts";
import { PYTHON_CHECK, PYTHON_MODULES } from "./python-modules.ts";

const NEEDS = [
  "php-cli",
  "php-redis",
  "php-nrk-predis",
  "phpunit",
  "python3",
  ...Object.values(PYTHON_MODULES),
];

const isThere = (): boolean =>
  works("php", "-r", "exit(extension_loaded('redis') && @include('Predis/autoload.php') ? 0 : 1);") &&
  works("phpunit", "--version") &&
  works("/usr/bin/python3", ...PYTHON_CHECK);

if (!isThere() && !(installWithApt(...NEEDS) && isThere())) {
  console.error(
    `PHP or Python is not installed with all that their tests need; on Debian: apt-get install ${NEEDS.join(" ")}`,
  );
  process.exitCode = 1;
}
