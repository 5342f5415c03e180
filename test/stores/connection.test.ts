import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { ownRedis } from "../support/servers.ts";

const [first, second] = await Promise.all([ownRedis(), ownRedis()]);
const admin = new Redis(first.url);
admin.on("error", () => {});
afterAll(() => admin.disconnect());

/** One address in front of whichever Redis it is set to; may cut a connection at the next reply. */
const proxy = { to: first, cutAtReply: false };
const server = createServer((near) => {
  const far = connect(proxy.to.port, "127.0.0.1");
  const cut = () => {
    near.destroy();
    far.destroy();
  };
  for (const socket of [near, far]) socket.on("error", cut).on("close", cut);
  near.pipe(far);
  far.on("data", (reply) => {
    if (!proxy.cutAtReply) return void near.write(reply);
    proxy.cutAtReply = false;
    cut();
  });
}).listen(0, "127.0.0.1");
await once(server, "listening");
afterAll(() => void server.close());
const url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
const secret = "a secret of the tests, 32 bytes or more";

beforeEach(async () => {
  proxy.to = first;
  await admin.replicaof("NO", "ONE");
});

const patiently = { timeout: 10_000 };

const kinds = [
  { name: "ioredis", open: () => ioredisStore(url, { timeout: 1000 }) },
  { name: "node-redis", open: () => nodeRedisStore(url, { timeout: 1000 }) },
];

test.each(kinds)(
  "a lasting write whose reply is lost is an error, and is not sent again: $name",
  async ({ open }) => {
    await using rwt = createRwt({ store: open(), secret }).with(sessions());
    const token = await rwt.sign(1);
    // The script's text is sent where Redis doesn't know it yet.
    await rwt.update(token, 2);
    await admin.config("RESETSTAT");
    proxy.cutAtReply = true;
    await expect(rwt.update(token, 3)).rejects.toMatchObject({ reason: "network" });
    await expect.poll(() => rwt.verify(token).catch(() => null), patiently).toMatchObject({ data: 3 });
    expect(await admin.info("commandstats")).toMatch(/^cmdstat_evalsha:calls=1,/m);
  },
);

test.each(kinds)(
  "a check, and what only restarts an idle timeout, survive a connection that broke: $name",
  async ({ open }) => {
    await using rwt = createRwt({ store: open(), secret });
    const token = await rwt.sign(1);
    for (const call of [() => rwt.verify(token), () => rwt.extend(token)]) {
      proxy.cutAtReply = true;
      expect(await call()).toBeTruthy();
    }
  },
);

test("options of the caller's own go before the library's: ioredis", async () => {
  const gone = { host: "127.0.0.1", port: 1 };
  const patient = ioredisStore({ ...gone, maxRetriesPerRequest: null }, { timeout: 100 });
  await expect(patient.connect()).rejects.toMatchObject({ reason: "timeout" });
  const prompt = ioredisStore(gone, { timeout: 10_000 });
  await expect(prompt.connect()).rejects.toMatchObject({ reason: "network" });
  await Promise.all([patient.disconnect(), prompt.disconnect()]);
});

test.each(kinds)(
  "$name finds the new primary behind the same address, once the old one says that it is read-only",
  async ({ open }) => {
    await using rwt = createRwt({ store: open(), secret });
    await rwt.sign("old");
    await admin.replicaof("127.0.0.1", String(second.port));
    proxy.to = second;
    await expect(rwt.sign("lost")).rejects.toMatchObject({ reason: "readonly" });
    await expect.poll(() => rwt.sign("new").catch(() => null), patiently).toMatch(/^rwt_/);
    expect(await rwt.verify(await rwt.sign("newer"))).toMatchObject({ data: "newer" });
  },
);

describe("a caller's node-redis client that waits for its Redis", () => {
  test("isn't left with commands whose callers were told that they failed", async () => {
    const client = createClient({ url: first.url, socket: { reconnectStrategy: 20 } });
    client.on("error", () => {});
    await client.connect();
    const rwt = createRwt({ store: nodeRedisStore(client, { timeout: 100 }), secret });
    await first.kill();
    try {
      await expect.poll(() => client.isReady, patiently).toBe(false);
      await expect(rwt.sign("too late")).rejects.toMatchObject({ reason: "timeout" });
    } finally {
      await first.restart();
    }
    // Sent after whatever had waited.
    await expect.poll(() => client.ping().catch(() => ""), patiently).toBe("PONG");
    expect(await client.dbSize()).toBe(0);
    client.destroy();
  });
});
