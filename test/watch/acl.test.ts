/** docs/live-revocation.md's rights in Redis: with them, Redis reports changes. */
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { RIGHTS } from "../../src/cli/doctor/rights.ts";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { watch } from "../../src/watch/index.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { collected, endOf, until } from "./watched.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
atEnd(() => admin.disconnect());
const service = RIGHTS.service.map((name) => `+${name}`);

test.each([
  // +info: without it ioredis prints a warning.
  ["ioredis", ioredisStore, ["+client|id", "+subscribe", "&__redis__:invalidate", "+info"]],
  ["node-redis", nodeRedisStore, []],
] as const)("%s: an end is told by Redis, long before the next look", async (name, open, more) => {
  const rights = ["~rwt:*", ...service, "+client|tracking", "+hello", ...more];
  await admin.call("ACL", "SETUSER", name, "reset", "on", ">password", ...rights);
  const store = open(redis.url.replace("//", `//${name}:password@`));
  const secret = "a secret of the watch tests, 32 bytes";
  const rwt = createRwt<number>({ store, secret }).with(watch({ every: 3600 }));
  atEnd(() => rwt.disconnect());
  const token = await rwt.sign(1, { subject: "Ada" });
  const watching = rwt.watch(token);
  const events = collected(watching);
  await until(() => events.length === 1);
  await rwt.destroy(token);
  expect((await endOf(watching)).end).toEqual({ reason: "destroyed" });
});
