import { Redis } from "ioredis";
import { afterAll, beforeEach, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownRedis } from "../support/servers.ts";
import { clients, describeClients } from "./clients.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
afterAll(() => admin.disconnect());
beforeEach(() => admin.flushall());
const secret = "a secret that all languages share, 32 bytes or more";
const store = ioredisStore(admin);
const subject = "émilie";

describeClients("maxSessions", clients, ({ start }) => {
  const ending = start(redis.port, { maxSessions: 2 });
  const rejecting = start(redis.port, { maxSessions: 2, onLimit: "reject" });
  const rwt = createRwt({ store, secret }).with(sessions());
  const live = async (tokens: readonly unknown[]) => {
    const found = await Promise.all(tokens.map((token) => rwt.verify(String(token))));
    return found.map((session) => session !== null);
  };

  test("ends the sessions whose deadline is nearest, whoever signed them", async () => {
    const first = await rwt.sign(1, { subject, maxLifetime: 4000 });
    const second = await ending("sign", 2, secret, { subject, maxLifetime: 5000 });
    const third = await ending("sign", 3, secret, { subject });
    const other = await ending("sign", 4, secret, { subject: "another" });
    expect(await live([first, second, third, other])).toEqual([false, true, true, true]);
    expect((await rwt.list(subject)).sessions).toHaveLength(2);
  });

  test("rejects a sign-in where it is told to, with TypeScript's words", async () => {
    const tokens = [await rwt.sign(1, { subject }), await rejecting("sign", 2, secret, { subject })];
    const typescript = createRwt({ store, secret }).with(sessions({ maxSessions: 2, onLimit: "reject" }));
    const { code, message } = await typescript.sign(3, { subject }).catch((error) => error);
    await expect(rejecting("sign", 3, secret, { subject })).rejects.toThrow(`${code} null ${message}`);
    expect(await live(tokens)).toEqual([true, true]);
    await rejecting("destroy", tokens[0], secret);
    expect(await live([await rejecting("sign", 3, secret, { subject })])).toEqual([true]);
  });

  test("a session that is being replaced doesn't count", async () => {
    const tokens = [await rwt.sign(1, { subject }), await rwt.sign(2, { subject })];
    const third = await rejecting("sign", 3, secret, { subject, replaces: [tokens[0], "garbage"] });
    expect(await live([...tokens, third])).toEqual([true, true, true]);
  });

  test("parallel sign-ins of both languages leave no more than the limit", async () => {
    const typescript = createRwt({ store, secret }).with(sessions({ maxSessions: 2 }));
    const workers = [ending, start(redis.port, { maxSessions: 2 })];
    const signing = Array.from({ length: 30 }, (_, i) =>
      i % 3 === 2 ? typescript.sign(i, { subject }) : workers[i % 3]?.("sign", i, secret, { subject }),
    );
    const tokens = await Promise.all(signing);
    expect((await live(tokens)).filter(Boolean)).toHaveLength(2);
  });

  test("costs one command, and a second one at the limit", async () => {
    for (const data of [1, 2]) await ending("sign", data, secret, { subject });
    const sent = await commandsOf(admin, () => ending("sign", 3, secret, { subject }));
    expect(sent).toMatchObject({ evalsha: 2 });
  });
});
