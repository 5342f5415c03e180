import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { missing, phpHttp } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";

const isThere =
  phpHttp !== undefined && spawnSync("phpunit", ["--version"], { stdio: "ignore" }).status === 0;
const redis = await ownRedis();

test.skipIf(!isThere)(
  `the PHP package's own tests${missing("phpunit, or php with its frameworks,", isThere)}`,
  async () => {
    const { stdout } = await promisify(execFile)("phpunit", [], {
      cwd: join(root, "interop/php"),
      env: { ...process.env, REDIS_URL: redis.url },
    }).catch((error) => expect.fail(error.stdout + error.stderr));
    expect(stdout).toMatch(/OK \(\d\d+ tests/);
  },
);
