/** What pages show of an example is what its file says, and the examples are type-checked. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { blocksOf, writtenPages } from "../../tools/docs/markdown.ts";
import { root } from "../../tools/entries.ts";
import { exampleCopy } from "../examples/example-copy.ts";
import { AUTO_IMPORTS } from "../examples/nuxt-imports.ts";
import { bin } from "../support/bin.ts";

const shown = writtenPages.flatMap(blocksOf).filter(({ from }) => from !== undefined);

test.each(shown.map(({ page, from = "", code }) => [page.path, from, code]))(
  "%s shows %s",
  (_, from, code) => {
    expect(from).toMatch(/^(examples|interop\/(php|python)\/examples)\//);
    expect(code).toBe(readFileSync(join(root, from), "utf8"));
  },
);

test("every such line stands right above a block", () => {
  const lines = writtenPages.flatMap(({ text }) => text.match(/^ *<!-- from .*$/gm) ?? []);
  expect(lines.length).toBeGreaterThan(0);
  expect(shown.map(({ from }) => `<!-- from ${from} -->`)).toEqual(lines);
});

test.each(["astro", "elysia", "express", "fastify", "h3", "nest", "nuxt", "react-router"])(
  "the example for %s is type-checked",
  async (name) => {
    const folder = exampleCopy(name);
    const paths = { h3: [join(root, "node_modules/h3-v1/dist/index.d.ts")] };
    const config = {
      extends: "../../tsconfig.json",
      compilerOptions: { experimentalDecorators: true, ...(name === "nuxt" && { paths }) },
      // Files of the build, whose packages aren't installed here.
      exclude: ["*.config.ts", "app/routes.ts", "app/composables", "*.mjs"],
      include: ["**/*"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const bun =
      "declare const Bun: { escapeHTML(text: string): string };\n" +
      'declare module "bun:test" { export { expect, test } from "vitest"; }';
    writeFileSync(join(folder, "globals.d.ts"), name === "nuxt" ? AUTO_IMPORTS.types : bun);
    await promisify(execFile)(bin("tsc"), ["-p", folder]).catch((error) => {
      throw new Error(error.stdout);
    });
  },
);
