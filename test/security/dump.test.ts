/** Someone who reads all of Redis, by commands or as a file, gets nothing that lets them sign in. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { beforeAll, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { createKeyRing, openToken } from "../../src/token/index.ts";
import { atEnd } from "../support/at-end.ts";
import { utf8 } from "../support/bytes.ts";
import { ownRedis } from "../support/servers.ts";

const secret = "a secret of the tests, 32 bytes or more";
const redis = await ownRedis();
const admin = new Redis(redis.url);
const store = ioredisStore(redis.url);
atEnd(async () => {
  admin.disconnect();
  await store.disconnect();
});
const rwt = createRwt({ store, secret, verifyExtendsToken: true }).with(sessions({ maxSessions: 20 }));
const ring = await createKeyRing([utf8(secret)])();

/** Every token that sign or rotate returned. */
const given: string[] = [];
const dumps: Record<string, string> = {};

/** Every key and value, read by the command for its type. */
async function everyKey(): Promise<string> {
  const read: Readonly<Record<string, (key: string) => Promise<unknown>>> = {
    string: (key) => admin.get(key),
    zset: (key) => admin.call("ZRANGE", key, "0", "-1", "WITHSCORES"),
    set: (key) => admin.smembers(key),
    hash: (key) => admin.call("HGETALL", key),
    list: (key) => admin.lrange(key, 0, -1),
  };
  const lines: string[] = [];
  let cursor = "0";
  do {
    const [nextCursor, keys] = await admin.scan(cursor, "COUNT", 100);
    cursor = nextCursor;
    for (const key of keys) {
      const type = await admin.type(key);
      const reader = read[type];
      if (reader === undefined) throw new Error(`a ${type} is read by nothing here`);
      lines.push(key, JSON.stringify(await reader(key)));
    }
  } while (cursor !== "0");
  return lines.join("\n");
}

/** The file that SAVE writes, uncompressed, so that it hides nothing. */
async function rdb(): Promise<string> {
  await admin.config("SET", "rdbcompression", "no");
  await admin.save();
  const [, folder = ""] = (await admin.config("GET", "dir")) as string[];
  return readFile(join(folder, "dump.rdb"), "latin1");
}

beforeAll(async () => {
  for (let i = 0; i < 30; i++) {
    const token = await rwt.sign({ n: i }, { subject: `subject ${i % 3}`, meta: { device: `device ${i}` } });
    given.push(token);
    if (i % 3 === 0) given.push(await rwt.sign(i));
    if (i % 4 === 0) given.push((await rwt.rotate(token, { grace: 60 })) ?? "");
    if (i % 4 === 1) given.push((await rwt.rotate(token)) ?? "");
    if (i % 4 === 2) given.push((await rwt.rotate(token, { retry: false })) ?? "");
    await rwt.verify(given.at(-1));
    if (i % 5 === 0) await rwt.destroy(token);
    if (i % 7 === 0) await rwt.updateAll("subject 1", { n: -i });
  }
  given.push((await rwt.rotate(given.at(-1))) ?? "");
  if (given.includes("")) throw new Error("a token that was to be rotated was not live");
  dumps.commands = await everyKey();
  dumps.rdb = await rdb();
});

const windows = (text: string, length: number): string[] =>
  [...text.matchAll(/[\w-]+/g)].flatMap(([run]) =>
    Array.from({ length: Math.max(0, run.length - length + 1) }, (_, i) => run.slice(i, i + length)),
  );

/** Everything in the text that could be a token, with or without its prefix, or assembled from a separate body and tag. */
function candidates(text: string): Set<string> {
  const found = new Set<string>(windows(text, 80));
  for (const run of windows(text, 76)) found.add(`rwt_${run}`);
  const bytes = (length: number, size: number) =>
    [...new Set(windows(text, length))]
      .map((run) => Buffer.from(run, "base64url"))
      .filter((b) => b.length === size);
  const tags = [...text.matchAll(/(?<![\w-])[\w-]{22}(?![\w-])/g)].map(([tag]) =>
    Buffer.from(tag, "base64url"),
  );
  for (const body of bytes(55, 41)) {
    if (body[0] !== 1) continue;
    for (const tag of tags) found.add(`rwt_${Buffer.concat([body, tag]).toString("base64url")}`);
  }
  return found;
}

async function opening(text: string): Promise<string[]> {
  const opened: string[] = [];
  for (const token of candidates(text)) if ((await openToken(ring, token)) !== null) opened.push(token);
  return opened;
}

test.each(["commands", "rdb"])("nothing in what %s give is a token, or makes one", async (how) => {
  const dump = dumps[how] ?? "";
  expect(dump.length).toBeGreaterThan(5000);
  expect(await opening(dump)).toEqual([]);
});

test("the search would find a token, whole, without its prefix, or in two parts", async () => {
  const [token = ""] = given;
  const bytes = Buffer.from(token.slice(4), "base64url");
  const parts = [bytes.subarray(0, 41), bytes.subarray(41)].map((part) => part.toString("base64url"));
  for (const text of [`x${token}y`, token.slice(4), parts.join(" ")]) {
    expect(await opening(`${dumps.commands}\n${text}`)).toContain(token);
  }
});

test.each(["commands", "rdb"])("a dump by %s contains no part of a tag or of a token's own bytes", (how) => {
  const dump = dumps[how] ?? "";
  const PART = 8;
  const expectNone = (text: string, what: string): void => {
    for (let i = 0; i + PART <= text.length; i++) {
      if (dump.includes(text.slice(i, i + PART))) expect.fail(`a part of ${what} is there`);
    }
  };
  for (const token of given) {
    const bytes = Buffer.from(token.slice(4), "base64url");
    // The bytes after version, kid, deadline, expire and generation.
    expectNone(token.slice(4 + 18), "a token's text");
    const [person, id, tag] = [bytes.subarray(13, 25), bytes.subarray(25, 41), bytes.subarray(41)];
    for (const part of [person, id, tag]) {
      for (const encoding of ["hex", "base64", "base64url", "latin1"] as const)
        expectNone(part.toString(encoding), `a token's bytes in ${encoding}`);
    }
  }
});
