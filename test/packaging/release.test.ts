import { execFile } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { nextVersion, released, sectionOf } from "../../tools/release/version.ts";

const run = promisify(execFile);

describe("npm run release", () => {
  let folder = "";
  const git = async (...args: string[]) => (await run("git", args, { cwd: folder })).stdout.trim();
  const release = (...args: string[]) =>
    run(process.execPath, ["tools/release.ts", ...args], { cwd: folder }).then(
      ({ stdout }) => stdout,
      ({ stderr }) => {
        throw new Error(stderr);
      },
    );
  const manifests = ["package.json", "package-lock.json", "jsr.json", "interop/python/pyproject.toml"];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "rwt-release-"));
    for (const path of ["tools", "interop/python"]) mkdirSync(join(folder, path), { recursive: true });
    for (const file of [...manifests, "tools/release.ts"]) copyFileSync(join(root, file), join(folder, file));
    cpSync(join(root, "tools/release"), join(folder, "tools/release"), { recursive: true });
    writeFileSync(join(folder, "CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- a thing\n");
    await git("init", "--quiet", "--initial-branch=main");
    await git("config", "user.name", "tests");
    await git("config", "user.email", "tests@localhost");
    await git("add", "--all");
    await git("commit", "--quiet", "-m", "start");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("sets the version everywhere, dates the changelog's section, commits and tags", async () => {
    await release("1.0.0", "--date=2026-11-24");
    for (const file of manifests)
      expect(readFileSync(join(folder, file), "utf8"), file).toMatch(/^ *"?version"?( =|:) "1\.0\.0"/m);
    expect(readFileSync(join(folder, "CHANGELOG.md"), "utf8")).toBe(
      "# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-11-24\n\n### Added\n\n- a thing\n",
    );
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("log", "-1", "--format=%s")).toBe("chore: release 1.0.0");
    expect(await git("tag", "--points-at", "HEAD")).toBe("v1.0.0");
    expect(await release("--check", "v1.0.0")).toBe("### Added\n\n- a thing\n");
    await expect(release("--check", "v1.0.1")).rejects.toThrow("package.json says 1.0.0, not 1.0.1");
  });

  test("refuses a working tree that isn't clean, an invalid version and an empty changelog, and changes nothing", async () => {
    await expect(release("bigger")).rejects.toThrow("say major, minor, patch");
    writeFileSync(join(folder, "CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n");
    await expect(release("minor")).rejects.toThrow("isn't clean");
    await git("commit", "--quiet", "--all", "-m", "nothing to say");
    await expect(release("minor")).rejects.toThrow("nothing under [Unreleased]");
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("tag")).toBe("");
  });
});

test.each([
  ["0.1.0", "patch", "0.1.1"],
  ["0.1.9", "minor", "0.2.0"],
  ["0.9.3", "major", "1.0.0"],
  ["1.0.0-rc.1", "patch", "1.0.0"],
  ["0.1.0", "1.0.0-rc.1", "1.0.0-rc.1"],
])("after %s, %s is %s", (current, wanted, next) => {
  expect(nextVersion(current, wanted)).toBe(next);
});

test("a section of the changelog ends where the next begins", () => {
  const changelog = released(
    "## [Unreleased]\n\n- new\n\n## [0.1.0] - 2026-01-01\n\n- old\n",
    "0.2.0",
    "2026-02-02",
  );
  expect([sectionOf(changelog, "0.2.0"), sectionOf(changelog, "0.1.0")]).toEqual(["- new", "- old"]);
  expect(sectionOf(changelog, "Unreleased")).toBe("");
  expect(() => released(changelog, "0.1.0", "2026-02-02")).toThrow("has a version 0.1.0 already");
});
