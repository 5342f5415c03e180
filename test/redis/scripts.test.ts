import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as sessions from "../../src/redis/scripts.ts";
import * as stores from "../../src/redis/scripts.ts";
import { root } from "../../tools/entries.ts";
import { OF_PHP, scriptsIn } from "../../tools/script-digests.ts";

const scripts = [stores, sessions].flatMap(scriptsIn);

test("there are scripts", () => expect(scripts.length).toBeGreaterThan(9));

// npm run digests
test.each(scripts)("%s has the digest of its text, by which Redis knows it", (_, { text, sha1 }) => {
  expect(createHash("sha1").update(text).digest("hex")).toBe(sha1);
});

test.each(scripts)("%s touches no key that its own keys and base don't begin", (_, { text }) => {
  const keys = [...text.matchAll(/redis\.call\('[A-Z]+', ([^,)]+)/g)].map(([, key = ""]) => key);
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) expect(key).toMatch(/^(KEYS\[[\di]\]|session\(.*|base \.\. .*|index.*)$/);
});

test.each(Object.entries(OF_PHP))("PHP sends the same: %s", (file, { text }) => {
  expect(readFileSync(join(root, "interop/php/lua", file), "utf8")).toBe(`${text}\n`);
});

test.each(Object.entries(OF_PHP))("SPEC.md shows it: %s", (_, { text }) => {
  expect(readFileSync(join(root, "SPEC.md"), "utf8")).toContain(`\`\`\`lua\n${text}\n\`\`\``);
});
