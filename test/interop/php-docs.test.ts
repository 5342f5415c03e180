/** PHP code of the pages that no other test runs. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { blocksOf, writtenPages } from "../../tools/docs/markdown.ts";
import { root } from "../../tools/entries.ts";
import { phpHttp, phpHttpMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";

const run = promisify(execFile);
const redis = await ownRedis();
const secret = "a secret that all languages share, 32 bytes or more";
const folder = mkdtempSync(join(tmpdir(), "rwt-php-docs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const readme = { path: "interop/php/README.md", title: "", summary: "", text: "" };
const pages = [...writtenPages, { ...readme, text: readFileSync(join(root, readme.path), "utf8") }];
const shown = pages
  .flatMap(blocksOf)
  .filter(({ language }) => language === "php")
  .map(({ page, code, from }, i) => ({ path: page.path, i, code, from }));
// Laravel's and Symfony's pages also show files of an app.
const executed = shown.filter(({ path, from }) => from === undefined && !/laravel|symfony/.test(path));

const SURROUNDINGS = String.raw`<?php
require %AUTOLOAD%;
require 'Nyholm/Psr7/autoload.php';
require 'Symfony/Component/HttpFoundation/autoload.php';
require %PSR15%;
set_error_handler(static fn (int $level, string $message) => throw new ErrorException($message));

$secret = getenv('RWT_SECRET');
$rwt = new RedisWebToken\RedisWebToken(['redis' => ['host' => '127.0.0.1', 'port' => (int) getenv('REDIS_PORT')]]);
$auth = new RedisWebToken\Http\RequestAuth($rwt, $secret, ['from' => ['cookie']]);
$responseFactory = new Nyholm\Psr7\Factory\Psr17Factory();
$user = ['id' => '42', 'name' => 'Ada'];
$token = $rwt->sign($user, $secret);
$request = $responseFactory->createServerRequest('POST', 'http://localhost/')->withHeader('Cookie', "__Host-rwt=$token");
`;

function fileOf(name: string, code: string): string {
  const file = join(folder, name);
  const text = code.replaceAll("6379", String(redis.port));
  writeFileSync(file, text.startsWith("<?php") ? text : `<?php\n${text}`);
  return file;
}

test.skipIf(phpHttp === undefined)(`all PHP on the pages is PHP${phpHttpMissing}`, async () => {
  expect(shown.length).toBeGreaterThan(10);
  for (const { path, i, code } of shown) {
    const { stdout } = await run(phpHttp ?? "", ["-l", fileOf(`lint-${i}.php`, code)]).catch((error) =>
      expect.fail(`${path}\n${code}\n${error.stdout}`),
    );
    expect(stdout).toContain("No syntax errors");
  }
});

test.skipIf(phpHttp === undefined).each(executed)("$path runs what it shows ($i)", async ({ i, code }) => {
  const surroundings = SURROUNDINGS.replace(
    "%AUTOLOAD%",
    JSON.stringify(join(root, "interop/php/autoload.php")),
  ).replace("%PSR15%", JSON.stringify(join(root, "interop/php/tests/psr15.php")));
  const main = `${surroundings}\ninclude ${JSON.stringify(fileOf(`block-${i}.php`, code))};\necho 'ran';`;
  const env = { ...process.env, RWT_SECRET: secret, REDIS_PORT: String(redis.port) };
  const { stdout } = await run(phpHttp ?? "", [fileOf(`main-${i}.php`, main)], { env }).catch((error) =>
    expect.fail(`${code}\n${error.stdout}${error.stderr}`),
  );
  expect(stdout).toBe("ran");
});
