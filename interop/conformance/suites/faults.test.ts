import { expect } from "vitest";
import { createRwt } from "../../../src/index.ts";
import { ioredisStore } from "../../../src/stores/ioredis.ts";
import { atEnd } from "../../../test/support/at-end.ts";
import { ownRedis } from "../../../test/support/servers.ts";
import { describeClients, expectOutage } from "../checks.ts";
import type { Client } from "../client.ts";
import { startClients } from "../clients.ts";
import type { Operation } from "../protocol.ts";
import type { Service } from "../service.ts";
import { openStage, secret } from "../stage.ts";

const KINDS = [{}, { subject: "42" }];
const { redis, admin, rwt } = await openStage();
const clients = await startClients();

type Calls = readonly (readonly [Operation, () => Promise<unknown>])[];

/** The calls of a client with one token. None but the last ends its session. */
const tokenCalls = (client: Client, its: Service, token: string): Calls => {
  const all: Calls = [
    ["verify", () => its.verify(token)],
    ["extend", () => its.extend(token)],
    ["update", () => its.update(token, { n: 1 })],
    ["increment", () => its.increment(token)],
    ["rotate", () => its.rotate(token)],
    ["destroy", () => its.destroy(token)],
  ];
  return all.filter(([op]) => client.can(op));
};

const personCalls = (client: Client, its: Service): Calls => {
  const all: Calls = [
    ["list", () => its.list("42")],
    ["destroyById", () => its.destroyById("42", "A".repeat(22))],
    ["updateAll", () => its.updateAll("42", 1)],
    ["destroyAll", () => its.destroyAll("42")],
  ];
  return all.filter(([op]) => client.can(op));
};

describeClients("faults", clients, (client, check) => {
  const its = client.service({ redis: redis.url, secret });

  check("outage", [], "garbage in place of a session is an error, never no session", async () => {
    for (const options of KINDS) {
      const token = await rwt.sign({ n: 1 }, options);
      const [key = ""] = await admin.keys("*:s:*");
      await admin.set(key, "no session", "EX", 60);
      for (const [op, act] of tokenCalls(client, its, token)) await expectOutage(act(), op);
      expect(await admin.get(key)).toBe("no session");
      await admin.flushall();
    }
  });

  check(
    "outage",
    [],
    "a key of another type is no session to what reads first, and an error to scripts",
    async () => {
      for (const options of KINDS) {
        const token = await rwt.sign({ n: 1 }, options);
        const [key = ""] = await admin.keys("*:s:*");
        await admin.multi().del(key).hset(key, "a", "1").expire(key, 60).exec();
        const sliding = client.service({ redis: redis.url, secret, verifyExtendsToken: true });
        expect(await sliding.verify(token)).toBeNull();
        for (const [op, act] of tokenCalls(client, its, token))
          if (op === "verify" || op === "increment") expect([null, false], op).toContain(await act());
          else await expectOutage(act(), op);
        expect(await admin.hgetall(key)).toEqual({ a: "1" });
        await admin.flushall();
      }
    },
  );

  check(
    "outage",
    [],
    "so is a Redis that is frozen or gone, and the client works when it is back",
    async () => {
      const own = await ownRedis();
      const store = ioredisStore(own.url);
      atEnd(() => store.disconnect());
      const mine = createRwt({ store, secret });
      const broken = client.service({ redis: own.url, secret, timeout: 500 });
      const token = await mine.sign(1, { subject: "42" });
      expect((await broken.verify(token))?.data).toBe(1);
      own.freeze();
      await expectOutage(broken.verify(token), "verify of a frozen Redis");
      own.thaw();
      await own.kill();
      for (const [op, act] of [...tokenCalls(client, broken, token), ...personCalls(client, broken)])
        await expectOutage(act(), op);
      if (client.can("sign")) await expectOutage(broken.sign(1), "sign");
      await own.restart();
      await expect.poll(() => broken.verify(token).catch(String)).toBeNull();
      await expect.poll(() => mine.sign(2).catch(String)).toMatch(/^rwt_/);
      expect((await broken.verify(await mine.sign(3)))?.data).toBe(3);
    },
  );

  check(
    "values",
    [],
    "a person of another epoch ends the session, and so does one that is gone",
    async () => {
      for (const change of ["epoch", "gone"]) {
        const token = await rwt.sign({ n: 1 }, { subject: "42" });
        const [person = ""] = await admin.keys("*:p:*");
        if (change === "gone") await admin.del(person);
        else await admin.set(person, "1 AAAAAAAAAAA 00000000", "EX", 60);
        for (const [op, act] of tokenCalls(client, its, token))
          expect([null, false], op).toContain(await act());
        await admin.flushall();
      }
    },
  );

  check("values", [], "a session of another version is no session, and stays as it is", async () => {
    const token = await rwt.sign({ n: 1 });
    const [key = ""] = await admin.keys("*:s:*");
    const value = `2 ${(await admin.get(key))?.slice(2)}`;
    await admin.set(key, value, "EX", 60);
    for (const [op, act] of tokenCalls(client, its, token).filter(([op]) => op !== "destroy"))
      expect([null, false], op).toContain(await act());
    expect(await admin.get(key)).toBe(value);
  });

  check("values", [], "what follows the header and line 4 stays through every change", async () => {
    for (const options of KINDS) {
      const token = await rwt.sign({ n: 1 }, options);
      const [key = ""] = await admin.keys("*:s:*");
      const [header = "", facts, data] = (await admin.get(key))?.split("\n") ?? [];
      await admin.set(
        key,
        [`${header} later`, facts, data, '{"at":1700000000}', "line 5"].join("\n"),
        "EX",
        60,
      );
      expect((await its.verify(token))?.data).toEqual({ n: 1 });
      for (const [op, act] of tokenCalls(client, its, token))
        if (op !== "destroy") expect(await act(), op).toBeTruthy();
      const after = (await admin.get(key))?.split("\n") ?? [];
      expect(after[0]?.slice(72)).toBe(" later");
      expect(after.slice(3)).toEqual(['{"at":1700000000}', "line 5"]);
      await admin.flushall();
    }
  });
});

describeClients("a Redis with a password", clients, (client, check) => {
  check("outage", [], "that the client doesn't know is an error", async () => {
    const locked = await ownRedis({ password: "of the tests" });
    const without = client.service({ redis: `redis://127.0.0.1:${locked.port}`, secret });
    for (const options of KINDS) {
      await expectOutage(without.verify(await rwt.sign(1, options)), "verify without the password");
      if (client.can("sign")) await expectOutage(without.sign(1, options), "sign without the password");
    }
  });
});
