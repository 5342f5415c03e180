import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { signedByOldNode } from "../legacy/old-libraries.ts";
import { php, phpMissing } from "../support/interop.ts";
import { ownCluster, ownClusterNode, ownRedis } from "../support/servers.ts";
import { startPhpAt } from "./start-php.ts";

const secret = "a secret that all languages share, 32 bytes or more";
const unavailable = (reason: string) => `ERR_RWT_STORE_UNAVAILABLE ${reason}`;

describe.skipIf(php === undefined).each(["phpredis", "predis"])(
  `an outage, to PHP with %s${phpMissing}`,
  (client) => {
    test("is an exception with its reason, never false, and is over when Redis is back", async () => {
      const own = await ownRedis();
      const ask = startPhpAt(own.port, client, {
        redis: { host: "127.0.0.1", port: own.port, timeout: 0.5 },
      });
      const token = String(await ask("sign", 1, secret));
      const theirs = String(await ask("sign", 1, secret, { subject: "42" }));
      const admin = new Redis(own.url);
      admin.on("error", () => {});
      const keys = await admin.keys("*:s:*");
      for (const key of keys) await admin.set(key, "no session", "EX", 60);
      for (const each of [token, theirs]) {
        for (const [op, ...args] of [["verify"], ["extend"], ["destroy"], ["update", 1], ["rotate"]]) {
          await expect(ask(String(op), each, secret, ...args)).rejects.toThrow(unavailable("reply"));
        }
      }
      await admin.del(...keys);
      for (const key of keys) await admin.hset(key, "a", "1");
      await expect(ask("verify", token, secret)).rejects.toThrow(unavailable("server"));
      await expect(ask("rotate", theirs, secret)).rejects.toThrow(unavailable("server"));
      await admin.del(...keys);
      admin.disconnect();
      own.freeze();
      await expect(ask("verify", token, secret)).rejects.toThrow(unavailable("timeout"));
      await expect(ask("destroy", theirs, secret)).rejects.toThrow(/timeout|network/);
      own.thaw();
      await own.kill();
      for (const [op, ...args] of [
        ["verify"],
        ["session"],
        ["extend"],
        ["destroy"],
        ["update", 1],
        ["rotate"],
      ]) {
        await expect(ask(String(op), theirs, secret, ...args)).rejects.toThrow("ERR_RWT_STORE_UNAVAILABLE");
      }
      for (const [op, ...args] of [
        ["destroyAll"],
        ["updateAll", 1],
        ["list"],
        ["destroyById", "A".repeat(22)],
      ]) {
        await expect(ask(String(op), "42", secret, ...args)).rejects.toThrow("ERR_RWT_STORE_UNAVAILABLE");
      }
      await own.restart();
      expect(await ask("verify", token, secret)).toBe(false);
      expect(await ask("verify", await ask("sign", 2, secret), secret)).toBe(2);
    });

    test("is an exception too if the password is missing", async () => {
      const locked = await ownRedis({ password: "of the tests" });
      const ask = startPhpAt(locked.port, client, {});
      for (const options of [{}, { subject: "42" }]) {
        await expect(ask("sign", 1, secret, options)).rejects.toThrow(unavailable("auth"));
      }
    });
  },
);

describe.skipIf(php === undefined)(`PHP over a Redis Cluster${phpMissing}`, () => {
  test("does everything that it does over a single Redis", async () => {
    const node = await ownClusterNode();
    const legacy = { prefix: "sess:", secret: "az3rty!" };
    const config = { redis: { port: node.port }, legacy };
    const ask = startPhpAt(node.port, "cluster", config);
    const sliding = startPhpAt(node.port, "cluster", { ...config, custom: { verifyExtendsToken: true } });
    await ask("connect");
    for (const options of [{ subject: "42" }, {}]) {
      const token = await ask("sign", { n: 1 }, secret, options);
      expect([await ask("verify", token, secret), await sliding("verify", token, secret)]).toEqual([
        { n: 1 },
        { n: 1 },
      ]);
      expect(await ask("extend", token, secret)).toBe(true);
      expect(await ask("increment", token, secret)).toBe(true);
      const next = await ask("rotate", token, secret);
      expect(await ask("verify", next, secret)).toEqual({ n: 2 });
      expect(await ask("verify", token, secret)).toBe(false);
      expect(await ask("destroy", next, secret)).toBe(true);
      expect(await ask("verify", next, secret)).toBe(false);
    }
    const token = await ask("sign", 1, secret, { subject: "42" });
    expect(await ask("updateAll", "42", secret, 2)).toBe(true);
    expect(await ask("list", "42", secret, { current: token })).toMatchObject({
      sessions: [{ current: true }],
    });
    expect(await ask("destroyAll", "42", secret)).toBe(true);
    expect(await ask("verify", token, secret)).toBe(false);
    const direct = new Redis(node.url);
    const old = await signedByOldNode(direct, { ...legacy, user: { name: "Ada" }, expire: 60 });
    direct.disconnect();
    expect(await ask("verify", old.token, secret)).toEqual({ name: "Ada" });
    expect(await ask("destroy", old.token, secret)).toBe(true);
  });

  test("never says that a token isn't live while the keys of its slot move to another node", async () => {
    const cluster = await ownCluster(2);
    const ports = cluster.servers.map(({ port }) => String(port));
    const ask = startPhpAt(Number(ports[0]), "cluster", { redis: { port: Number(ports[0]) } });
    const token = await ask("sign", 1, secret, { subject: "42" });
    const holds = await Promise.all(cluster.masters.map((node) => node.keys("*:p:*")));
    const from = holds.findIndex((keys) => keys.length > 0);
    const to = 1 - from;
    const [person = ""] = holds[from] ?? [];
    const call = (master: number, ...[name = "", ...args]: string[]) =>
      cluster.masters[master]?.call(name, ...args);
    const [source, target] = [await call(from, "CLUSTER", "MYID"), await call(to, "CLUSTER", "MYID")];
    const slot = Number(await call(from, "CLUSTER", "KEYSLOT", person));
    await call(to, "CLUSTER", "SETSLOT", String(slot), "IMPORTING", String(source));
    await call(from, "CLUSTER", "SETSLOT", String(slot), "MIGRATING", String(target));
    // The person is on the other node: MGET is answered with TRYAGAIN, and retried.
    await call(from, "MIGRATE", "127.0.0.1", ports[to] ?? "", person, "0", "1000");
    const [outcome] = await Promise.allSettled([
      ask("verify", token, secret),
      sleep(150).then(() => cluster.moveSlots(from, to, [slot])),
    ]);
    // ext-redis 5.3 doesn't follow redirections here, which is an outage until the client knows the new node.
    expect(outcome).not.toMatchObject({ status: "fulfilled", value: false });
    await ask("verify", token, secret).catch(() => {});
    expect(await ask("verify", token, secret)).toBe(1);
    expect(await ask("rotate", token, secret)).not.toBeNull();
  });
});
