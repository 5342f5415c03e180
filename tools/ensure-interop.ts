/** Installs what the tests of interop/ need, or says how to install it. CI runs it, so that none of them is skipped there. */
import { installWithApt, works } from "./apt.ts";
import { PYTHON_CHECK, PYTHON_MODULES } from "./python-modules.ts";

const NEEDS = [
  ...["php-cli", "php-redis", "php-nrk-predis", "phpunit", "composer"],
  // PHP's frameworks, for the tests of its HTTP part. Debian has no package of PSR-15's interfaces.
  ...["php-nyholm-psr7", "php-symfony-security-http"],
  ...["auth", "config", "cookie", "encryption", "events", "http", "pipeline", "routing"].map(
    (part) => `php-illuminate-${part}`,
  ),
  "python3",
  ...Object.values(PYTHON_MODULES),
];

/** PHP's packages of Debian are files under its include_path. */
const LOADED = [
  "Predis/autoload.php",
  "Nyholm/Psr7/autoload.php",
  "Symfony/Component/Security/Http/autoload.php",
  "Illuminate/Auth/autoload.php",
  "Illuminate/Config/autoload.php",
  "Illuminate/Encryption/autoload.php",
  "Illuminate/Events/autoload.php",
  "Illuminate/Routing/autoload.php",
]
  .map((file) => `stream_resolve_include_path('${file}')`)
  .join(" && ");

const isThere = (): boolean =>
  works("php", "-r", `exit(extension_loaded('redis') && ${LOADED} ? 0 : 1);`) &&
  works("phpunit", "--version") &&
  works("composer", "--version") &&
  works("/usr/bin/python3", ...PYTHON_CHECK);

if (!isThere() && !(installWithApt(...NEEDS) && isThere())) {
  console.error(
    `PHP or Python is not installed with all that their tests need; on Debian: apt-get install ${NEEDS.join(" ")}`,
  );
  process.exitCode = 1;
}
