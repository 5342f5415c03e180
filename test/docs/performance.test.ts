/** docs/performance.md, its charts and bench/results.md show what bench/results.json holds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pagesOf } from "../../bench/lib/report.ts";
import { readResults } from "../../bench/lib/results.ts";
import { root } from "../../tools/entries.ts";

const results = readResults() ?? expect.fail("there is no bench/results.json");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("what the benchmark wrote", () => {
  test.each([...pagesOf(results)])("%s is up to date: npm run bench:pages", (path, text) => {
    expect(read(path)).toBe(text);
  });

  test("is no page of more than 250 lines for users", () => {
    expect(read("docs/performance.md").trimEnd().split("\n").length).toBeLessThanOrEqual(250);
  });
});

const pictures = ["benchmark", "benchmark-edge", "picture"];

describe.each(pictures)("docs/%s", (name) => {
  const [light, dark] = [read(`docs/${name}-light.svg`), read(`docs/${name}-dark.svg`)];

  test("has a title and a description for those who can't see it, and its text as text", () => {
    for (const svg of [light, dark]) {
      expect(svg).toMatch(/<svg [^>]*role="img" aria-labelledby="title summary"/);
      expect(svg).toMatch(/<title id="title">[^<]{10,}<\/title>\n<desc id="summary">[^<]{40,}<\/desc>/);
      expect(svg).toContain("system-ui");
      expect(svg).not.toMatch(/https?:(?!\/\/www\.w3\.org\/2000\/svg)/);
    }
  });

  test("is the same in light and dark but for its colours", () => {
    const withoutColours = (svg: string): string => svg.replaceAll(/#[0-9a-f]{6}\b/g, "#");
    expect(withoutColours(dark)).toBe(withoutColours(light));
    expect(dark).not.toBe(light);
  });
});
