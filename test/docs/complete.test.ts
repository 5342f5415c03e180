/** Nothing that a user can set or meet is missing in README and docs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writtenPages } from "../../tools/docs/markdown.ts";
import { entries, root } from "../../tools/entries.ts";

const text = writtenPages.map((page) => page.text).join("\n");
const inCode = (name: string) => new RegExp(String.raw`\`[^\`\n]*\b${name}\b[^\`\n]*\``);

/** Properties of checked options that no caller sets. */
const INTERNAL = ["secrets", "call", "marks"];

test.each([
  "src/options.ts",
  "src/call-options.ts",
  "src/once/options.ts",
  "src/watch/options.ts",
  "src/token/authentication.ts",
  "src/request/requirement.ts",
  "src/redis/options.ts",
  "src/redis/replicas.ts",
  "src/hono/options.ts",
  "src/hono-routes/options.ts",
  "src/hono-routes/clients.ts",
  "src/hono-routes/openapi.ts",
  "src/next/rwt-next.ts",
  "src/request/options.ts",
  "src/request/cookie-options.ts",
  "src/sessions/options.ts",
  "src/events/feature.ts",
  "src/opentelemetry/feature.ts",
  "src/encryption/index.ts",
  "src/legacy/options.ts",
  "src/compat/types.ts",
])("the pages name every option of %s", (file) => {
  const code = readFileSync(join(root, file), "utf8");
  const names = [...code.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names.filter((each) => !INTERNAL.includes(each))) expect(text).toMatch(inCode(name));
});

test("the pages name every error code and every entry of the package", () => {
  const code = readFileSync(join(root, "src/errors.ts"), "utf8");
  const codes = [...code.matchAll(/^ {2}\| "(ERR_RWT_\w+)"/gm)].map(([, name = ""]) => name);
  expect(codes.length).toBeGreaterThan(8);
  for (const each of codes) expect(text).toMatch(inCode(each));
  for (const { name } of entries) expect(text).toContain(name);
});

test.each([
  ["src/events/types.ts", /readonly type: ([^;]*);/g, "docs/events-and-tracing.md"],
  ["src/events/types.ts", /RejectionReason =([^;]*);/g, "docs/events-and-tracing.md"],
  ["src/session.ts", /readonly type: ([^;]*);/g, "docs/events-and-tracing.md"],
  ["src/watch/types.ts", /(?:readonly type:|EndReason =)([^;]*);/g, "docs/live-revocation.md"],
  ["src/errors.ts", /StoreFailureReason =([^;]*);/g, "docs/errors.md"],
])("%s: its page names every type and reason (%s)", (file, union, path) => {
  const unions = [...readFileSync(join(root, file), "utf8").matchAll(union)];
  const names = unions.flatMap(([, members = ""]) => [...members.matchAll(/"(\w+)"/g)]);
  expect(names.length).toBeGreaterThan(1);
  const page = writtenPages.find((each) => each.path === path)?.text ?? "";
  for (const [, name = ""] of names) expect(page).toMatch(inCode(name));
});
