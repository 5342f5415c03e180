import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { bin } from "../support/bin.ts";

const run = promisify(execFile);
const questions = readFileSync(join(root, "docs/questions.md"), "utf8");

test("the questions' code is type-checked, and says what its comment does", async () => {
  const folder = join(root, "dist/.questions");
  mkdirSync(folder, { recursive: true });
  atEnd(() => rmSync(folder, { recursive: true }));
  const blocks = [...questions.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  expect(blocks).toHaveLength(1);
  writeFileSync(join(folder, "block.ts"), blocks[0] ?? "");
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"] }),
  );
  await run(bin("tsc"), ["-p", folder]);
  expect((await run(process.execPath, [join(folder, "block.ts")])).stdout.trim()).toBe("null");
});

test("the questions' links lead somewhere", () => {
  const headings = (file: string) =>
    [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );
  const links = [...questions.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
  expect(links.length).toBeGreaterThan(8);
  for (const link of links) {
    const [path = "", anchor] = link.split("#");
    const found = headings(join(root, "docs", path));
    if (anchor !== undefined) expect(found, link).toContain(anchor);
  }
});
