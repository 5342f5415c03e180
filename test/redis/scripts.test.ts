import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { SCRIPTS } from "../../src/redis/scripts.ts";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";

const folder = join(root, "src/redis/lua");
const scripts = Object.entries(SCRIPTS);

test("what is generated of the Lua files is up to date", async () => {
  const check = promisify(execFile)(process.execPath, ["tools/make-scripts.ts", "--check"], { cwd: root });
  expect((await check).stderr).toBe("");
});

test("each file is a script, and each script is a file", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".lua"));
  expect(scripts.map(([name]) => `${name}.lua`).sort()).toEqual(files.sort());
});

describe.each(scripts)("%s", (name, { text, sha1 }) => {
  test("has the digest of its text, by which Redis knows it", () => {
    expect(createHash("sha1").update(text).digest("hex")).toBe(sha1);
  });

  test("is what PHP sends, too", () => {
    expect(readFileSync(join(root, `interop/php/lua/${name}.lua`), "utf8")).toBe(`${text}\n`);
  });

  test("says in its head what its keys, its arguments and its replies are", () => {
    const [head = ""] = readFileSync(join(folder, `${name}.lua`), "utf8").split(/^(?!--)/m);
    for (const word of ["KEYS:", "Repl"]) expect(head).toContain(word);
    if (text.includes("ARGV")) expect(head).toContain("ARGV:");
  });

  test("calls Redis with keys of its own KEYS alone", () => {
    const own = readFileSync(join(folder, `${name}.lua`), "utf8");
    const used = [...own.matchAll(/redis\.call\('[A-Z]+', ([^,)]+)/g)].map(([, key = ""]) => key);
    for (const key of used) expect(key).toMatch(/^(KEYS\[.+\]|unpack\(KEYS)$/);
    // What is shared gets its key handed over.
    const calls = [
      ...own.matchAll(/\b(readSession|readPerson|lengthen|startEpoch|markUsed|write\w+)\(([^,)]+)/g),
    ];
    for (const [, , key] of calls) expect(key).toMatch(/^KEYS\[.+\]$/);
  });
});

test("a real Redis knows each script by the digest that is sent", async () => {
  const redis = await ownRedis();
  const client = new Redis(redis.url);
  atEnd(() => client.quit());
  for (const [, { text, sha1 }] of scripts) expect(await client.script("LOAD", text)).toBe(sha1);
});
