import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { defaultValue, prose, wrap } from "../../tools/docs/reference/prose.ts";
import { slugOf } from "../../tools/docs/slug.ts";
import { entries, manifest, root } from "../../tools/entries.ts";

describe("the reference", () => {
  test.each(entries)("has every function and class of $name", async ({ name, files }) => {
    const page = name === manifest.name ? name : name.slice(manifest.name.length + 1);
    const text = readFileSync(join(root, `docs/reference/${page}.md`), "utf8");
    const exported = Object.keys(await import(join(root, files.default)));
    expect(exported.length).toBeGreaterThan(0);
    for (const one of exported) expect(text).toMatch(new RegExp(`^### ${one}$|\`${one}\``, "m"));
  });

  test("says what an option's type and default are, and what it does", () => {
    const text = readFileSync(join(root, "docs/reference/redis-web-token.md"), "utf8");
    expect(text).toMatch(/^- `expire\?: number` \(default: `3600`\)\\\n {2}\w/m);
  });

  test("says which codes an error can have", () => {
    const text = readFileSync(join(root, "docs/reference/redis-web-token.md"), "utf8");
    expect(text).toContain('- `code: "ERR_RWT_OPTION_RANGE"`');
    expect(text).toContain('- `code: "ERR_RWT_OPTION_TYPE" | "ERR_RWT_OPTION_UNKNOWN"`');
  });
});

describe("the prose of a comment", () => {
  test("is wrapped between words, and never within code or where a line would begin a list", () => {
    expect(wrap("one `two three` four", 10)).toBe("one\n`two three`\nfour");
    expect(wrap("one two - three", 8)).toBe("one two -\nthree");
  });

  test("keeps its lists and its code as they are", () => {
    const text = "One\ntwo.\n\n- a\n- b\n\n```ts\nconst a =\n  1;\n```";
    expect(prose(text)).toBe(text.replace("One\ntwo", "One two"));
  });

  test("has no HTML but what is in code", () => {
    expect(prose("a Map<Key> or `Map<Key>`, 1 < 2")).toBe("a Map&lt;Key> or `Map<Key>`, 1 < 2");
  });
});

test.each([
  ["3600", "`3600`"],
  ['"rwt:"', '`"rwt:"`'],
  ["2592000 (30 days)", "`2592000` (30 days)"],
  ["no limit", "no limit"],
])("the default %s is written as %s", (text, written) => {
  expect(defaultValue(text)).toBe(written);
});

test.each([
  ["A person's sessions", "a-persons-sessions"],
  ["From `redis-web-token` of 2017", "from-redis-web-token-of-2017"],
  ["C++ & Rust: why?", "c--rust-why"],
  ["Größe_1", "größe_1"],
])("the heading %s has GitHub's anchor %s", (heading, anchor) => {
  expect(slugOf(heading)).toBe(anchor);
});
