/** Pages embed the code of the examples. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writtenPages } from "../../tools/docs/markdown.ts";
import { root } from "../../tools/entries.ts";

const embedded = writtenPages.flatMap(({ path, text }) =>
  [...text.matchAll(/^<!-- from (examples\/\S+) -->\n(?:```\w+\n([\s\S]*?)^```$)?/gm)].map(
    ([, file = "", code = ""]) => [path, file, code] as const,
  ),
);

test("pages embed examples", () => {
  expect(embedded.length).toBeGreaterThan(0);
});

test.each(embedded)("%s shows %s as it is", (_, file, code) => {
  expect(code).toBe(readFileSync(join(root, file), "utf8"));
});
