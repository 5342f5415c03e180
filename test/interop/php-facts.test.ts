/** How a user signed in and who acts as the user, in PHP: what the conformance suites don't compare. */
import { Redis } from "ioredis";
import { afterEach, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { commandsOf } from "../support/commandstats.ts";
import { forged } from "../support/forged.ts";
import { ownRedis } from "../support/servers.ts";
import { describeClients, inPhp } from "./clients.ts";

const secret = "a secret that all languages share, 32 bytes or more";
const redis = await ownRedis();
const admin = new Redis(redis.url);
const store = ioredisStore(redis.url);
atEnd(async () => {
  admin.disconnect();
  await store.disconnect();
});
const plain = createRwt({ store, secret }).with(sessions());
const facts = {
  auth: { at: 1_700_000_000, amr: ["pwd", "otp"], acr: "urn:example:ü" },
  act: { sub: "support-7", reason: "ticket 118", act: { sub: "bot" } },
};

afterEach(async () => {
  for (const key of await admin.keys("*")) expect(await admin.ttl(key), key).toBeGreaterThan(0);
  await admin.flushall();
});

describeClients("facts of authentication", [inPhp("phpredis"), inPhp("predis")], ({ start }) => {
  const ask = start(redis.port);

  test("both store the same lines", async () => {
    const linesOf = async (token: string) => {
      const [key = ""] = await admin.keys("*");
      const [, ...lines] = String(await admin.get(key)).split("\n");
      await admin.flushall();
      return [token.length, ...lines];
    };
    for (const signing of [facts, { auth: { at: 1, amr: [] } }, { auth: { at: 1 }, meta: {} }]) {
      const expected = await linesOf(await plain.sign(1, signing));
      expect(await linesOf(String(await ask("sign", 1, secret, signing)))).toEqual(expected);
    }
  });

  test("a step-up is one script, and a check of its session one command", async () => {
    await ask("reauthenticate", await plain.sign(1), secret, {});
    const token = await plain.sign(1, { subject: "42", ...facts });
    let fresh: unknown;
    const stepUp = async () => {
      fresh = await ask("reauthenticate", token, secret, {});
    };
    expect(await commandsOf(admin, stepUp)).toMatchObject({ evalsha: 1 });
    await ask("verify", fresh, secret);
    expect(await commandsOf(admin, () => ask("verify", fresh, secret))).toEqual({ mget: 1 });
    expect(await commandsOf(admin, () => ask("reauthenticate", forged(token), secret, {}))).toEqual({});
  });
});
