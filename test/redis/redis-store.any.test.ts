import { expect, test } from "vitest";
import { type RedisCommand, redisStore } from "../../src/redis/index.ts";

/** A connection that notes what it is to send, and answers as it is told. */
function noting(replies: unknown[]) {
  const sent: RedisCommand[] = [];
  const store = redisStore({
    async send(command) {
      sent.push(command);
      return replies.shift();
    },
    close: async () => {},
  });
  return { sent, store };
}

test("sends the commands of the wire format, to the letter, with the key that a cluster routes by", async () => {
  const { sent, store } = noting(["OK", "value", "value", 1, 1, "PONG"]);
  await store.create({ key: "k", value: "value", ttl: 60 });
  await store.read("k");
  await store.read("k", { slideTo: 30 });
  await store.extend("k", 20);
  await store.remove("k");
  await store.connect();
  expect(sent).toEqual([
    { args: ["SET", "k", "value", "EX", "60", "NX"], key: "k" },
    { args: ["GET", "k"], key: "k" },
    { args: ["GETEX", "k", "EX", "30"], key: "k" },
    { args: ["EXPIRE", "k", "20"], key: "k" },
    { args: ["DEL", "k"], key: "k" },
    { args: ["PING"], key: undefined },
  ]);
});

test("reads back only where SET NX was refused, and takes nothing but its own value for its own write", async () => {
  const entry = { key: "k", value: "mine", ttl: 60 };
  for (const [found, created] of [
    ["mine", true],
    ["another's", false],
    [null, false],
  ] as const) {
    const { sent, store } = noting([null, found]);
    expect(await store.create(entry)).toBe(created);
    expect(sent.map(({ args }) => args[0])).toEqual(["SET", "GET"]);
  }
});

test("getting ready doesn't count towards the time-out, and its own error is no outage", async () => {
  const slow = redisStore(
    {
      open: () => new Promise((resolve) => setTimeout(resolve, 60)),
      send: async () => "PONG",
      close: async () => {},
    },
    { timeout: 20 },
  );
  await slow.connect();
  const open = () => Promise.reject(new RangeError("no client from these options"));
  const broken = redisStore({ open, send: async () => "PONG", close: async () => {} });
  await expect(broken.connect()).rejects.toThrow(RangeError);
});

test("takes no reply for an answer but those that Redis gives", async () => {
  const odd = [undefined, true, "", "1", 2, -1, [], {}, Number.NaN];
  for (const reply of odd) {
    const answering = () => noting([reply]).store;
    const reason = { reason: "reply" };
    await expect(answering().create({ key: "k", value: "v", ttl: 1 })).rejects.toMatchObject(reason);
    if (typeof reply !== "string") await expect(answering().read("k")).rejects.toMatchObject(reason);
    if (typeof reply !== "string") await expect(answering().connect()).rejects.toMatchObject(reason);
    if (reply === "1") continue;
    await expect(answering().extend("k", 1)).rejects.toMatchObject(reason);
    await expect(answering().remove("k")).rejects.toMatchObject(reason);
  }
});

test("takes numbers as texts, from a client that is set to give them so", async () => {
  const { store } = noting(["1", "0", "1", "0"]);
  expect([await store.extend("k", 1), await store.extend("k", 1)]).toEqual([true, false]);
  expect([await store.remove("k"), await store.remove("k")]).toEqual([true, false]);
});
