import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { ownRedis } from "../support/servers.ts";
import { clients, describeClients } from "./clients.ts";

const secret = "a secret that all languages share, 32 bytes or more";
const unavailable = (reason: string) => `ERR_RWT_STORE_UNAVAILABLE ${reason}`;

describeClients("an outage", clients, ({ start }) => {
  test("is an exception with its reason, never false, and is over when Redis is back", async () => {
    const own = await ownRedis();
    const ask = start(own.port, { timeout: 500 });
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
    const ask = start(locked.port);
    for (const options of [{}, { subject: "42" }]) {
      await expect(ask("sign", 1, secret, options)).rejects.toThrow(unavailable("auth"));
    }
  });
});
