/** A Redis that refuses scripts access to keys that they don't declare, as Dragonfly does: every script must declare every key. */
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { legacy } from "../../src/legacy/index.ts";
import { SCRIPTS } from "../../src/redis/scripts.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { strictRedis } from "../doubles/strict-redis.ts";
import { signedByOldNode } from "../legacy/old-libraries.ts";
import { atEnd } from "../support/at-end.ts";
import { runSuites } from "../support/run-suites.ts";
import { ownRest } from "../support/servers.ts";
import { createTimeMachine, tcpSender } from "./time-machine.ts";

const strict = await strictRedis();
const rest = await ownRest(strict);
const admin = new Redis(strict.redis.url);
atEnd(() => admin.disconnect());
// It touches all keys, so it connects to the Redis behind the proxy.
const time = createTimeMachine(tcpSender(admin));

runSuites("a Redis that refuses undeclared keys, ioredis", time, () => ioredisStore(strict.url));
runSuites("a Redis that refuses undeclared keys, node-redis", time, () => nodeRedisStore(strict.url));
runSuites("a Redis that refuses undeclared keys, HTTP", time, () =>
  upstashStore({ url: rest.url, token: rest.token }),
);

describe("a Redis that refuses undeclared keys, in the end", () => {
  const secret = "a secret of the tests, 32 bytes or more";

  test("exchanges the tokens of 2017", async () => {
    const old = { prefix: "sess:", secret: "az3rty!" };
    const rwt = createRwt({ store: ioredisStore(strict.url), secret })
      .with(sessions())
      .with(legacy({ ...old, upgrade: true }));
    atEnd(() => rwt.disconnect());
    const user = { name: "Zoë" };
    const { token } = await signedByOldNode(admin, { ...old, user, expire: 600 });
    const session = await rwt.verify(token);
    expect(session).toMatchObject({ data: user, newToken: expect.stringMatching(/^rwt_/) });
    expect(await rwt.verify(session?.newToken)).toMatchObject({ data: user });
    expect(await rwt.destroy(token)).toBe(true);
    expect(await rwt.verify(session?.newToken)).toBeNull();
    const endless = await signedByOldNode(admin, { ...old, user });
    expect(await rwt.expireOrphans()).toBe(1);
    expect(await rwt.extend(endless.token)).toBe(true);
    expect(await rwt.destroy(endless.token)).toBe(true);
  });

  test("has run every script that there is, and refused none, in the background neither", () => {
    const unseen = Object.entries(SCRIPTS).filter(([, { sha1 }]) => !strict.scripts.has(sha1));
    expect(unseen.map(([name]) => name)).toEqual([]);
    expect(strict.refused).toEqual([]);
  });
});
