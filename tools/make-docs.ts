/** Writes the API's reference, from the comments in the code, as a site for any web server: `npm run docs`. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./entries.ts";

const { exports } = JSON.parse(readFileSync(join(root, "jsr.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, string>>;
};
const folder = process.argv[2] ?? join(root, "docs/api");
rmSync(folder, { recursive: true, force: true });
const { status, stdout, stderr } = spawnSync(
  "deno",
  ["doc", "--html", "--name=Redis Web Token", `--output=${folder}`, ...Object.values(exports)],
  { cwd: root, encoding: "utf8" },
);
if (status !== 0) throw new Error(`deno doc failed: ${stderr}`);
console.log(`${stdout.trim() || "the reference is written"}: open ${join(folder, "index.html")}`);
