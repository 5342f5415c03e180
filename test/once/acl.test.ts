/** docs/one-time-tokens.md's rights in Redis: with them all calls work, and each is needed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createOnce } from "../../src/once/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { wrong } from "../conformance/once-context.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";

const secret = "a secret of the tests, 32 bytes or more";
const redis = await ownRedis();
const admin = new Redis(redis.url);
atEnd(() => admin.disconnect());

const document = readFileSync(join(root, "docs/one-time-tokens.md"), "utf8");
const [, line = ""] = /^ACL SETUSER links on >password (.*)$/m.exec(document) ?? [];
const rights = line.split(" ");

/** Whether every call works for a user with these rights. */
async function works(given: readonly string[]): Promise<boolean> {
  // ioredis asks for INFO when it connects, and prints a warning without it.
  await admin.call("ACL", "SETUSER", "tried", "reset", "on", ">password", "+info", ...given);
  await admin.script("FLUSH");
  const store = ioredisStore(redis.url.replace("//", "//tried:password@"));
  const once = createOnce({ store, secret, purpose: "tests", expire: 60 });
  try {
    await store.connect();
    const token = await once.issue(1);
    const isFound = (await once.peek(token)) !== null && (await once.consume(token)) !== null;
    const code = await once.issueCode({ subject: "42", data: 1 });
    await once.consumeCode("42", wrong(code));
    const isTaken = (await once.consumeCode("42", code)) !== null;
    await once.issueCode({ subject: "42", data: 1 });
    return isFound && isTaken && (await once.revokeAll("42"));
  } catch {
    return false;
  } finally {
    await store.disconnect();
  }
}

test("the rights in the document suffice, and each is needed", async () => {
  expect(rights.length).toBeGreaterThan(5);
  expect(await works(rights)).toBe(true);
  for (const right of rights.filter((each) => each.startsWith("+")))
    expect(await works(rights.filter((each) => each !== right)), right).toBe(false);
});
