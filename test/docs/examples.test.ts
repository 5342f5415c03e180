/** What pages show of an example is what its file says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { blocksOf, writtenPages } from "../../tools/docs/markdown.ts";
import { root } from "../../tools/entries.ts";

const shown = writtenPages.flatMap(blocksOf).filter(({ from }) => from !== undefined);

test.each(shown.map(({ page, from = "", code }) => [page.path, from, code]))(
  "%s shows %s",
  (_, from, code) => {
    expect(from).toMatch(/^examples\//);
    expect(code).toBe(readFileSync(join(root, from), "utf8"));
  },
);

test("every such line stands right above a block", () => {
  const lines = writtenPages.flatMap(({ text }) => text.match(/^ *<!-- from .*$/gm) ?? []);
  expect(lines.length).toBeGreaterThan(0);
  expect(shown.map(({ from }) => `<!-- from ${from} -->`)).toEqual(lines);
});
