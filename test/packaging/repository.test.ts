import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../../tools/docs/repository.ts";
import { root } from "../../tools/entries.ts";

test("package.json's other URLs are in its repository", () => {
  const { homepage, bugs } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly homepage: string;
    readonly bugs: { readonly url: string };
  };
  expect(repository).toMatch(/^https:\/\/github\.com\/[\w-]+\/[\w-]+$/);
  expect(homepage).toBe(`${repository}#readme`);
  expect(bugs.url).toBe(`${repository}/issues`);
});
