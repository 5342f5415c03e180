/** Installs what the tests of interop/ need, or says how to install it. CI runs it, so that none of them is skipped there. */
import { installWithApt, works } from "./apt.ts";

const NEEDS = ["php-cli", "php-redis", "php-nrk-predis", "phpunit", "python3", "python3-redis"];

const isThere = (): boolean =>
  works("php", "-r", "exit(extension_loaded('redis') && @include('Predis/autoload.php') ? 0 : 1);") &&
  works("phpunit", "--version") &&
  works("/usr/bin/python3", "-c", "import redis");

if (!isThere() && !(installWithApt(...NEEDS) && isThere())) {
  console.error(
    `PHP or Python with a Redis client is not installed; on Debian: apt-get install ${NEEDS.join(" ")}`,
  );
  process.exitCode = 1;
}
