import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { signedByOldNode } from "../legacy/old-libraries.ts";
import { ownCluster, ownClusterNode } from "../support/servers.ts";
import { describeClients, inPhp, inPython } from "./clients.ts";

const secret = "a secret that all languages share, 32 bytes or more";

describeClients(
  "a Redis Cluster",
  [inPhp("cluster"), inPython("cluster"), inPython("asyncio cluster")],
  ({ start }) => {
    test("does everything that it does over a single Redis", async () => {
      const node = await ownClusterNode();
      const ask = start(node.port);
      const sliding = start(node.port, { verifyExtendsToken: true });
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
    });

    test("never says that a token isn't live while the keys of its slot move to another node", async () => {
      const cluster = await ownCluster(2);
      const ports = cluster.servers.map(({ port }) => String(port));
      const ask = start(Number(ports[0]));
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
  },
);

describeClients("a Redis Cluster", [inPhp("cluster")], ({ start }) => {
  test("accepts the tokens of 2017 there too", async () => {
    const node = await ownClusterNode();
    const legacy = { prefix: "sess:", secret: "az3rty!" };
    const ask = start(node.port, { legacy });
    const direct = new Redis(node.url);
    const old = await signedByOldNode(direct, { ...legacy, user: { name: "Ada" }, expire: 60 });
    direct.disconnect();
    expect(await ask("verify", old.token, secret)).toEqual({ name: "Ada" });
    expect(await ask("destroy", old.token, secret)).toBe(true);
  });
});
