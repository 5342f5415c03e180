/**
 * Makes a release of the [Unreleased] section of CHANGELOG.md: sets the version everywhere, commits and tags. Pushing the tag
 * publishes the release (.github/workflows/publish.yml).
 *
 *     npm run release -- minor            or major, patch, or a version such as 1.0.0-rc.1
 *     npm run release -- --check v0.2.0   fails unless all manifests have this version, and CHANGELOG.md a section for it
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { nextVersion, released, sectionOf } from "./release/version.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: "string" }, date: { type: "string" } },
});

const read = (file: string) => readFileSync(file, "utf8");
const versionIn = (file: string): string => VERSION.exec(read(file))?.[2] ?? "no version";
const MANIFESTS = ["package.json", "package-lock.json", "jsr.json", "interop/python/pyproject.toml"];
/** The first version in a manifest, of JSON or TOML, which is its own. */
const VERSION = /("version": |^version = )"([^"]+)"/m;
const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();

try {
  if (values.check === undefined) release(positionals[0] ?? "");
  else check(values.check.replace(/^v/, ""));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function release(wanted: string): void {
  if (git("status", "--porcelain") !== "")
    throw new Error("commit or stash first: the working tree isn't clean");
  const version = nextVersion(versionIn("package.json"), wanted);
  const changelog = released(
    read("CHANGELOG.md"),
    version,
    values.date ?? new Date().toISOString().slice(0, 10),
  );
  const npm = ["version", version, "--no-git-tag-version", "--ignore-scripts", "--allow-same-version"];
  execFileSync("npm", npm, { stdio: ["ignore", "ignore", "inherit"] });
  // Edited as text, so that the files keep their formatting. npm has written its own two.
  for (const file of MANIFESTS.slice(2)) writeFileSync(file, read(file).replace(VERSION, `$1"${version}"`));
  writeFileSync("CHANGELOG.md", changelog);
  check(version);
  git("commit", "--quiet", "-m", `chore: release ${version}`, "CHANGELOG.md", ...MANIFESTS);
  git("tag", "--annotate", `v${version}`, "-m", `v${version}`);
  console.log(`v${version} is committed and tagged. Publish it: git push --follow-tags`);
}

function check(version: string): void {
  for (const file of MANIFESTS) {
    if (versionIn(file) !== version) throw new Error(`${file} says ${versionIn(file)}, not ${version}`);
  }
  console.log(sectionOf(read("CHANGELOG.md"), version));
}
