const UNRELEASED = "## [Unreleased]";
const VERSION = /^(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?$/;

/** @param wanted - `major`, `minor`, `patch`, or a version (semver.org) */
export function nextVersion(current: string, wanted: string): string {
  const [, major = "", minor = "", patch = "", pre] = VERSION.exec(current) ?? [];
  // A pre-release precedes its own version: the patch after 1.0.1-rc.1 is 1.0.1.
  const bumps: Readonly<Record<string, string>> = {
    major: `${Number(major) + 1}.0.0`,
    minor: `${major}.${Number(minor) + 1}.0`,
    patch: pre === undefined ? `${major}.${minor}.${Number(patch) + 1}` : `${major}.${minor}.${patch}`,
  };
  const next = Object.hasOwn(bumps, wanted) ? bumps[wanted] : wanted;
  if (next === undefined || !VERSION.test(next)) {
    throw new Error("say major, minor, patch, or a version such as 1.0.0");
  }
  return next;
}

/** Renames the changelog's unreleased section to a version, and adds an empty unreleased section above it. */
export function released(changelog: string, version: string, date: string): string {
  if (changelog.includes(`## [${version}]`)) throw new Error(`CHANGELOG.md has a version ${version} already`);
  if (sectionOf(changelog, "Unreleased") === "")
    throw new Error("CHANGELOG.md has nothing under [Unreleased]");
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n\n## [${version}] - ${date}`);
}

/** The text of a version's section in the changelog. */
export function sectionOf(changelog: string, version: string): string {
  const [, after] = changelog.split(`## [${version}]`);
  if (after === undefined) throw new Error(`CHANGELOG.md has no section [${version}]`);
  return after.slice(after.indexOf("\n")).split("\n## [")[0]?.trim() ?? "";
}
