import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { entries, manifest, root } from "../../tools/entries.ts";
import { bin } from "../support/bin.ts";

const jsr = JSON.parse(readFileSync(join(root, "jsr.json"), "utf8"));
const npm = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

test("jsr.json names the same entries, version and licence as package.json", () => {
  const sources = entries.map(({ name, files }) => [
    name.replace(manifest.name, "."),
    files.default.replace("./dist/", "./src/").replace(/\.js$/, ".ts"),
  ]);
  expect(jsr.exports).toEqual(Object.fromEntries(sources));
  expect([jsr.version, jsr.license]).toEqual([npm.version, npm.license]);
});

test("JSR accepts the package: no slow types, nothing missing, no tests in it", async () => {
  const { stdout, stderr } = await promisify(execFile)(
    bin("deno"),
    ["publish", "--dry-run", "--allow-dirty"],
    { cwd: root, env: { ...process.env, NO_COLOR: "1" } },
  ).catch((error) => expect.fail(error.stderr));
  const said = stdout + stderr;
  expect(said).toContain("Success Dry run complete");
  expect(said).not.toMatch(/^(warning|error)/im);
  expect(said).toContain("/src/index.ts");
  expect(said).not.toMatch(/\/(test|tools|worker-example|node_modules|dist|interop)\//);
}, 120_000);
