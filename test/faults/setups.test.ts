/** Permanent problems: servers of another kind, unreachable addresses, wrong clocks. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createRwt, type Rwt } from "../../src/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { createTimeMachine, tcpSender } from "../conformance/time-machine.ts";
import { atEnd } from "../support/at-end.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const secret = "S3CRET-that-no-error-may-show-anywhere";
const password = "P4ssw0rd-in-the-url";
const timeout = 1500;
const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
atEnd(() => admin.disconnect());
const token = await createRwt({ store: ioredisStore(redis.url), secret }).sign("data");

/** Answers each connection as a web server answers a malformed request. */
const webServer = createServer((socket) => {
  socket.on("error", () => {});
  socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html>"));
}).listen(0, "127.0.0.1");
await once(webServer, "listening");
atEnd(() => webServer.close());
const web = (webServer.address() as AddressInfo).port;

const wrong: readonly (readonly [string, () => TokenStore])[] = [
  [
    "ioredis: a web server on the port",
    () => ioredisStore(`redis://:${password}@127.0.0.1:${web}`, { timeout }),
  ],
  [
    "node-redis: a web server on the port",
    () => nodeRedisStore(`redis://:${password}@127.0.0.1:${web}`, { timeout }),
  ],
  [
    "upstash: a web server that speaks no JSON",
    () => upstashStore({ url: `http://127.0.0.1:${web}`, token: password }),
  ],
  [
    "ioredis: TLS to a plain port",
    () => ioredisStore(`rediss://:${password}@127.0.0.1:${redis.port}`, { timeout }),
  ],
  [
    "node-redis: TLS to a plain port",
    () => nodeRedisStore(`rediss://:${password}@127.0.0.1:${redis.port}`, { timeout }),
  ],
  [
    "upstash: TLS to a plain port",
    () => upstashStore({ url: rest.url.replace("http:", "https:"), token: password }),
  ],
  ["ioredis: no such host", () => ioredisStore(`redis://:${password}@no-such-host.invalid:1`, { timeout })],
  [
    "node-redis: no such host",
    () => nodeRedisStore(`redis://:${password}@no-such-host.invalid:1`, { timeout }),
  ],
  ["upstash: no such host", () => upstashStore({ url: "https://no-such-host.invalid", token: password })],
  ["ioredis: a port of HTTP", () => ioredisStore(`redis://127.0.0.1:${new URL(rest.url).port}`, { timeout })],
  [
    "upstash: a port of Redis",
    () => upstashStore({ url: redis.url.replace("redis:", "http:"), token: password }),
  ],
];

test.each(wrong)("%s: an outage for every call, and no session for anyone", async (_, open) => {
  const rwt = createRwt({ store: open(), secret });
  const calls = [rwt.verify(token), rwt.sign("x"), rwt.extend(token), rwt.destroy(token), rwt.connect()];
  for (const outcome of await Promise.allSettled(calls)) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "ERR_RWT_STORE_UNAVAILABLE" } });
    const { reason } = outcome as PromiseRejectedResult;
    expect(["network", "timeout", "reply", "server"]).toContain(reason.reason);
    expectNoLeak(reason, { token, secret, password, "the host": "no-such-host.invalid" });
  }
  await rwt.disconnect();
});

describe("a server on which scripts are switched off", async () => {
  const config = ['rename-command EVAL ""', 'rename-command EVALSHA ""'];
  const plain = await ownRedis({ config });
  const kinds = storeKinds(plain, await ownRest(plain));

  test.each(kinds)("$name: only calls that need a script are outages", async ({ open }) => {
    const rwt = createRwt({ store: open({ timeout: 10_000 }), secret, verifyExtendsToken: true });
    const signed = await rwt.sign("data");
    expect((await rwt.verify(signed))?.data).toBe("data");
    const error = await rwt.sign("data", { subject: "subject-of-ada" }).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE", reason: "server" });
    expectNoLeak(error, { subject: "subject-of-ada", key: "rwt:{", secret });
    for (const call of [rwt.extend, rwt.destroy])
      await expect(call(signed)).rejects.toMatchObject({ reason: "server" });
    expect((await rwt.verify(signed))?.data).toBe("data");
  });
});

describe("services whose clocks differ by five minutes", () => {
  const MINUTES = 60;
  const time = createTimeMachine(tcpSender(admin));

  test.each(storeKinds(redis, rest))(
    "$name: none accepts a session that is dead by its own clock or by Redis",
    async ({ open }) => {
      const serviceAt = (offset: number, verifyExtendsToken = false): Rwt<string> =>
        createRwt<string>({
          store: open({ timeout: 10_000 }),
          secret,
          expire: 30 * MINUTES,
          maxLifetime: 60 * MINUTES,
          verifyExtendsToken,
          now: () => time.now() + offset,
        });
      const services = [serviceAt(0), serviceAt(5 * MINUTES), serviceAt(-5 * MINUTES)];
      const [exact, ahead, behind] = services as [Rwt<string>, Rwt<string>, Rwt<string>];
      const slidingBehind = serviceAt(-5 * MINUTES, true);
      for (const signer of services) {
        const signed = await signer.sign("in");
        for (const rwt of services) expect((await rwt.verify(signed))?.data).toBe("in");
      }
      const signed = await exact.sign("in");
      const read = async (rwt: Rwt<string>) => (await rwt.verify(signed))?.data;
      // The service that is behind extends it, up to the deadline by its own clock.
      for (let minute = 0; minute < 56; minute += 14) {
        await time.advance(14 * MINUTES);
        expect(await read(slidingBehind)).toBe("in");
      }
      expect([await read(exact), await read(ahead), await read(behind)]).toEqual(["in", undefined, "in"]);
      await time.advance(6 * MINUTES);
      // Two minutes past the deadline only services that are behind accept it, and no longer than they are behind.
      expect([await read(exact), await read(ahead), await read(slidingBehind)]).toEqual([
        undefined,
        undefined,
        "in",
      ]);
      await time.advance(4 * MINUTES);
      expect([await read(exact), await read(ahead), await read(behind)]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      // By now it has expired in Redis too.
      expect(await admin.keys("rwt:*")).toEqual([]);
    },
  );
});
