import { describe, expect, test } from "vitest";
import { scriptCall } from "../../src/redis/command.ts";
import { command, query, redisStore, WRITES } from "../../src/redis/index.ts";
import { SCRIPTS } from "../../src/redis/scripts.ts";
import { ALONE, newSession, noting, OWNED, OWNED_VALUE, PERSON, VALUE } from "./stub-connection.ts";

const now = 1_795_000_000;
const alone = { redis: ALONE, generation: 0 };
const owned = { redis: OWNED, generation: 0 };
const names = (sent: readonly { readonly name: string }[]) => sent.map(({ name }) => name);

describe("a script that Redis doesn't know is sent with its text, wherever the client puts NOSCRIPT", () => {
  const texts = [
    "NOSCRIPT No matching script. Please use EVAL.",
    "ERR NOSCRIPT No matching script. Please use EVAL",
    "-NOSCRIPT No matching script.",
    "An error was signalled by the server: - NoScriptError: No matching script",
  ];
  const errors = [
    ...texts.map((text) => [text, new Error(text)] as const),
    ["as a cause", new Error("the command failed", { cause: new Error(texts[0]) })] as const,
    ["in an AggregateError", new AggregateError([new Error(texts[0])], "all failed")] as const,
  ];

  test.each(errors)("%s", async (_, error) => {
    const { sent, store } = noting([error, 1]);
    expect(await store.extend(owned, 20, { now })).toBe(true);
    const keys = [OWNED.session, OWNED.person];
    const rest = ["2", ...keys, "0", "20", String(now)];
    const traits = { keys, write: true, expendable: true };
    expect(sent).toEqual([
      { name: "EVALSHA", args: ["EVALSHA", SCRIPTS.extend.sha1, ...rest], ...traits },
      { name: "EVAL", args: ["EVAL", SCRIPTS.extend.text, ...rest], ...traits },
    ]);
  });

  test("and any other error isn't tried again", async () => {
    for (const text of [
      "ERR Error running script",
      "OOM command not allowed",
      "READONLY a replica",
      "lost",
    ]) {
      const { sent, store } = noting([new Error(text), 1]);
      await expect(store.extend(owned, 20, { now })).rejects.toMatchObject({
        code: "ERR_RWT_STORE_UNAVAILABLE",
      });
      expect(names(sent)).toEqual(["EVALSHA"]);
    }
  });
});

describe("TRYAGAIN, which a slot that moves answers", () => {
  const tryAgain = () => new Error("TRYAGAIN Multiple keys request during rehashing of slot");

  test("is waited out: the command changed nothing", async () => {
    const { sent, store } = noting([tryAgain(), tryAgain(), ["created", []]]);
    await store.create(newSession(OWNED), { now });
    expect(names(sent)).toEqual(["EVALSHA", "EVALSHA", "EVALSHA"]);
    const own = noting([tryAgain(), "value"]);
    expect(await own.store.run(command("GETDEL", ["k"], [], WRITES))).toBe("value");
  });

  test("is waited out by each of several commands", async () => {
    const { store } = noting([1, tryAgain(), [OWNED_VALUE, PERSON]]);
    const found = await store.check(owned, { now, slideTo: 20 });
    expect(found).toMatchObject({ isLive: true, data: "1" });
  });

  test("is an outage once the store's time is up, or the caller's patience", async () => {
    const forever = Array.from({ length: 1000 }, tryAgain);
    const { sent, store } = noting(forever, {}, { timeout: 500 });
    await expect(store.extend(owned, 20, { now })).rejects.toMatchObject({ reason: "timeout" });
    expect(sent.length).toBeGreaterThan(1);
    const { length } = sent;
    const caller = AbortSignal.abort(new Error("gave up"));
    await expect(store.extend(owned, 20, { now, signal: caller })).rejects.toThrow("gave up");
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(sent).toHaveLength(length);
  });
});

describe("what a script raises", () => {
  test.each([
    ["RWT_NO_ANSWER", "reply"],
    ["RWT_ENCRYPTED", "encrypted"],
    ["The user executing the script can't run this command or subcommand", "auth"],
  ])("%s is an outage of the reason %s", async (text, reason) => {
    for (const message of [`ERR ${text} script: f_1, on @user_script:1.`, `ERR user_script:1: ${text}`]) {
      if (reason === "auth" && !message.startsWith(`ERR ${text}`)) continue;
      const { store } = noting([new Error(message)]);
      await expect(store.extend(alone, 20, { now })).rejects.toMatchObject({ reason });
    }
  });
});

test.each([
  (words: string) =>
    `OOM command not allowed when used memory > 'maxmemory'., command was: ["SET","k","${words}"]`,
  (words: string) => `OOM command not allowed, with args beginning with: 'k' '${words}'`,
])("a user's text in an error isn't taken for Redis's own words", async (quoting) => {
  for (const words of ["TRYAGAIN", "NOSCRIPT", "RWT_ENCRYPTED", "RWT_NO_ANSWER", "READONLY"]) {
    const { sent, store } = noting([new Error(quoting(words)), 1]);
    await expect(store.extend(alone, 20, { now })).rejects.toMatchObject({ reason: "memory" });
    expect(sent).toHaveLength(1);
  }
});

test("several commands have an answer each: one that fails fails the call, not the client", async () => {
  const { store } = noting(["a", new Error("WRONGTYPE Operation against a key"), "c"]);
  const gets = ["a", "b", "c"].map((key) => query("GET", [key]));
  await expect(store.runAll(gets)).rejects.toMatchObject({ reason: "server", cause: { code: "WRONGTYPE" } });
  const fine = noting(["a", null, "c"]);
  expect(await fine.store.runAll(gets)).toEqual(["a", null, "c"]);
});

test("a client that makes one request of several gets them as one, and a lone one by itself", async () => {
  const requests: string[][] = [];
  const { sent, store } = noting([VALUE, VALUE, VALUE], {
    sendAll: async (commands) => {
      requests.push(names(commands));
      return commands.map(() => VALUE);
    },
  });
  await store.runAll([query("GET", ["a"]), query("GET", ["b"])]);
  await store.runAll([query("GET", ["a"])]);
  expect([requests, names(sent)]).toEqual([[["GET", "GET"]], ["GET"]]);
});

test("one request's replies are as many as its commands, or they are no answer", async () => {
  for (const replies of [[], [1], [1, [OWNED_VALUE, PERSON], 1]]) {
    const { store } = noting([], { sendAll: async () => replies });
    await expect(store.check(owned, { now, slideTo: 20 })).rejects.toMatchObject({ reason: "reply" });
  }
});

describe("background work that disconnect stops opens nothing and sends nothing any more", () => {
  function opening(first: () => Promise<unknown>) {
    let opened = 0;
    const sent: string[] = [];
    const store = redisStore({
      open: async () => void opened++,
      async send({ name }) {
        sent.push(name);
        return first();
      },
      close: async () => {},
    });
    return { store, sent, opened: () => opened };
  }
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

  test("between two commands", async () => {
    const { store, sent, opened } = opening(async () => "PONG");
    store.later(async (options) => {
      await store.run(query("PING"), options);
      await store.disconnect();
      await store.run(query("PING"), options);
    });
    await settled();
    expect({ sent, opened: opened() }).toEqual({ sent: ["PING"], opened: 1 });
  });

  test("between a script's digest and its text", async () => {
    const { store, sent } = opening(async () => {
      await store.disconnect();
      throw new Error("NOSCRIPT No matching script.");
    });
    store.later((options) => store.run(scriptCall("destroy", ["key"], ["a", "1"]), options));
    await settled();
    expect(sent).toEqual(["EVALSHA"]);
  });
});
