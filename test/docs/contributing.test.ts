import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../tools/entries.ts";

const document = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n");

/** The folders right below one, of files that are in the repository. */
const foldersIn = (folder: string): string[] => [
  ...new Set(
    files.flatMap((file) => {
      const [top = "", next = "", ...rest] = file.split("/");
      return top === folder && rest.length > 0 ? [`${top}/${next}`] : [];
    }),
  ),
];

describe("CONTRIBUTING.md's map", () => {
  const inSrc = foldersIn("src");

  test.each([...inSrc, "src/redis/lua", "interop", "worker-example", "bench", "docs", "tools"])(
    "has a line for %s",
    (folder) => {
      expect(document).toContain(`](${folder})`);
    },
  );

  test.each(foldersIn("test"))("has a line for %s, of its own or as one of src's names", (folder) => {
    const name = folder.slice("test/".length);
    if (inSrc.includes(`src/${name}`)) return;
    expect(document).toMatch(new RegExp(`\\]\\(${folder}\\)|and \`${name}\``));
  });

  test.each([...foldersIn("tools"), ...foldersIn("bench")])("names %s", (folder) => {
    expect(document).toContain(`\`${posix.basename(folder)}\``);
  });

  test("leads nowhere that isn't there", () => {
    const links = [...document.matchAll(/\]\(([^):]+)\)/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(40);
    for (const link of links) expect(existsSync(join(root, link)), link).toBe(true);
  });

  test("names commands that there are", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    for (const [, name = ""] of document.matchAll(/npm run ([\w:-]+)/g))
      expect(scripts, name).toHaveProperty(name);
  });
});

test("imports run one way: no file of src leads back to itself", () => {
  const imports = new Map(
    files
      .filter((file) => /^src\/.*\.ts$/.test(file) && existsSync(join(root, file)))
      .map((file) => {
        const code = readFileSync(join(root, file), "utf8");
        const paths = [...code.matchAll(/^(?:import|export)\s[^;]*?from "(\.[^"]+)";/gms)];
        return [file, paths.map(([, path = ""]) => posix.join(posix.dirname(file), path))];
      }),
  );
  const done = new Set<string>();
  function follow(file: string, trail: readonly string[]): void {
    if (trail.includes(file)) expect.fail(`${trail.slice(trail.indexOf(file)).join(" → ")} → ${file}`);
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) follow(next, [...trail, file]);
    done.add(file);
  }
  expect(imports.size).toBeGreaterThan(100);
  for (const file of imports.keys()) follow(file, []);
});
