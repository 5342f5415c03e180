import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { bin } from "../support/bin.ts";

const program = join(root, "test/runtimes/encrypted-program.ts");

// Each runtime has its own cipher under the same name.
test.each([
  ["Node", process.execPath, [program]],
  ["Deno", bin("deno"), ["run", "--allow-read", program]],
  ["Bun", bin("bun"), ["run", program]],
])("the vectors of encrypted lines hold with the cipher of %s", async (_, command, args) => {
  const { stdout } = await promisify(execFile)(command, args);
  expect(JSON.parse(stdout)).toEqual({ looked: vectors.sealed.length, wrong: [] });
});
