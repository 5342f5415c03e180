import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();

test.each(["ioredis", "node-redis", "memory"])(
  "disconnect lets a process end that has watched: %s",
  async (kind) => {
    const program = join(root, "test/watch/ends-program.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [program, redis.url, kind]);
    expect(Number(stdout)).toBeLessThan(1000);
  },
);
