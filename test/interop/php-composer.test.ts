import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { composer, composerMissing, php } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
const secret = "a secret that all languages share, 32 bytes or more";
const folder = mkdtempSync(join(tmpdir(), "rwt-composer-"));
afterAll(() => rmSync(folder, { recursive: true }));
const source = join(root, "interop/php");

const run = (cwd: string, command: string, ...args: string[]): string =>
  execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      COMPOSER_HOME: join(folder, "home"),
      COMPOSER_DISABLE_NETWORK: "1",
      COMPOSER_ALLOW_SUPERUSER: "1",
      RWT_SECRET: secret,
      REDIS_PORT: String(redis.port),
    },
  });

const PROGRAM = String.raw`<?php
require 'vendor/autoload.php';

$rwt = new RedisWebToken\RedisWebToken(['redis' => ['host' => '127.0.0.1', 'port' => getenv('REDIS_PORT')]]);
$auth = new RedisWebToken\Http\RequestAuth($rwt, getenv('RWT_SECRET'), ['from' => ['cookie']]);
$signedIn = $auth->signIn(new RedisWebToken\Http\IncomingRequest('POST', '/login', []), ['name' => 'Ada'], ['subject' => '42']);
echo json_encode([$signedIn->token, $rwt->verify($signedIn->token, getenv('RWT_SECRET'))]);
`;

describe.skipIf(composer === undefined)(`Composer and the PHP package${composerMissing}`, () => {
  test("its composer.json is one that Packagist takes", () => {
    expect(run(source, composer ?? "", "validate", "--strict")).toContain("composer.json is valid");
  });

  test("a fresh project installs it by path, without a network, and signs in", async () => {
    const project = {
      repositories: [{ type: "path", url: source, options: { symlink: false } }, { packagist: false }],
      require: { "redis-web-token/redis-web-token": "@dev" },
    };
    writeFileSync(join(folder, "composer.json"), JSON.stringify(project));
    writeFileSync(join(folder, "sign-in.php"), PROGRAM);
    run(folder, composer ?? "", "install", "--no-interaction", "--no-progress");
    const [token, data] = JSON.parse(run(folder, php ?? "", "sign-in.php"));
    expect(data).toEqual({ name: "Ada" });
    await using rwt = createRwt({ store: ioredisStore(redis.url), secret });
    expect(await rwt.verify(token)).toMatchObject({ data: { name: "Ada" }, subject: "42" });
    const installed = join(folder, "vendor/redis-web-token/redis-web-token");
    expect(existsSync(join(installed, "lua/sign.lua"))).toBe(true);
    expect(readdirSync(installed)).not.toContain("tests");
  });
});
