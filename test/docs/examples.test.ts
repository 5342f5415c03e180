/** The examples: pages embed their code as it is, and it is type-checked. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { writtenPages } from "../../tools/docs/markdown.ts";
import { root } from "../../tools/entries.ts";
import { exampleCopy } from "../examples/example-copy.ts";
import { bin } from "../support/bin.ts";

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

test.each(["astro", "elysia", "h3", "nest", "react-router"])(
  "the example for %s is type-checked",
  async (name) => {
    const folder = exampleCopy(name);
    const config = {
      extends: "../../tsconfig.json",
      compilerOptions: { experimentalDecorators: true },
      // Files of the build, whose packages aren't installed here.
      exclude: ["vite.config.ts", "app/routes.ts", "*.mjs"],
      include: ["**/*"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    writeFileSync(join(folder, "bun.d.ts"), "declare const Bun: { escapeHTML(text: string): string };");
    await promisify(execFile)(bin("tsc"), ["-p", folder]).catch((error) => {
      throw new Error(error.stdout);
    });
  },
);
