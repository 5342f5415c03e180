/** What someone learns who reads all of a Redis with encrypted sessions: how many sessions each person has, and until when. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";

const secret = "a secret of the tests, 32 bytes or more";
const redis = await ownRedis();
const admin = new Redis(redis.url);
const store = ioredisStore(redis.url);
atEnd(async () => {
  admin.disconnect();
  await store.disconnect();
});

const SUBJECT = "ada.lovelace@users.example";
const WORDS = ["lovelace", "users.example", "countess", "baroness", "difference", "analytical"];

/** The file that SAVE writes, uncompressed, so that it hides nothing. */
async function rdb(): Promise<Buffer> {
  await admin.config("SET", "rdbcompression", "no");
  await admin.save();
  const [, folder = ""] = (await admin.config("GET", "dir")) as string[];
  return readFile(join(folder, "dump.rdb"));
}

const shows = (dump: Buffer, word: string): boolean =>
  [word, Buffer.from(word).toString("base64url").slice(2, -2), Buffer.from(word).toString("hex")].some(
    (text) => dump.includes(text),
  );

test("Redis's dump file shows no subject, meta or data, after every kind of change to a session", async () => {
  const rwt = createRwt({ store, secret })
    .with(encryption())
    .with(sessions({ maxSessions: 3 }));
  for (const device of ["difference engine", "analytical engine"]) {
    const token = await rwt.sign({ title: "countess" }, { subject: SUBJECT, meta: { device } });
    await rwt.update(token, { title: "baroness" });
    await rwt.verify(await rwt.rotate(token, { grace: 60 }));
    await rwt.updateAll(SUBJECT, { title: "countess and baroness" });
    await rwt.sign("analytical");
  }
  const dump = await rdb();
  expect(dump.includes("e1.")).toBe(true);
  expect(WORDS.filter((word) => shows(dump, word))).toEqual([]);

  const plain = createRwt({ store, secret: `${secret} of another service` });
  await plain.sign({ title: "countess" }, { subject: SUBJECT, meta: { device: "difference" } });
  // The search would find them.
  const shown = await rdb();
  for (const word of ["lovelace", "countess", "difference"]) expect(shows(shown, word)).toBe(true);
});
