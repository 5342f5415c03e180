/** What the tables of docs/asvs.md and docs/consistency.md call met or promised names an existing test. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../tools/entries.ts";

const table = readFileSync(join(root, "docs/asvs.md"), "utf8");
const consistency = readFileSync(join(root, "docs/consistency.md"), "utf8");

interface Row {
  readonly id: string;
  readonly requirement: string;
  readonly by: string;
  readonly how: string;
  readonly tests: string;
}

const rows: readonly Row[] = [...table.matchAll(/^\| ([^|\n]+) \|(.*)\|$/gm)]
  .map(([, id = "", rest = ""]) => {
    const [requirement = "", by = "", how = "", tests = ""] = rest.split("|").map((cell) => cell.trim());
    return { id: id.trim(), requirement, by, how, tests };
  })
  .filter(({ id }) => /^(\d+\.\d+\.\d+|cheat sheet)$/.test(id));

/** All requirements of ASVS 5.0.0's chapter V7, and those of V3.3. */
const SECTIONS = { "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2, "3.3": 5 };
const required = Object.entries(SECTIONS).flatMap(([section, count]) =>
  Array.from({ length: count }, (_, i) => `${section}.${i + 1}`),
);

const testsIn = (text: string) =>
  [...text.matchAll(/`([\w./-]+)`: "([^"]+)"/g)].map(([, file = "", title = ""]) => ({ file, title }));

/** The table of promises: each promise, and the cell that names its tests. */
const promises = consistency.slice(consistency.indexOf("## Promises"));
const promised = [...promises.matchAll(/^\| ([^|\n]+) \| ([^|\n]+) \|$/gm)]
  .map(([, promise = "", tests = ""]) => ({ promise, tests }))
  .filter(({ promise }) => promise !== "promise" && promise !== "---");

/** Whether a file has a test, or a test case in a table, with exactly this title. */
const hasTest = (file: string, title: string): boolean =>
  existsSync(join(root, file)) && readFileSync(join(root, file), "utf8").includes(`"${title}"`);

describe("docs/asvs.md and docs/consistency.md", () => {
  test("has each requirement of ASVS's V7 and V3.3, once", () => {
    const ids = rows.map(({ id }) => id);
    for (const id of required)
      expect(
        ids.filter((each) => each === id),
        id,
      ).toEqual([id]);
  });

  test.each(rows)("$id, $requirement: says who meets it, and by which test", (row) => {
    expect(["library", "default", "app"]).toContain(row.by);
    const named = testsIn(row.tests);
    if (row.by !== "app") expect(named).not.toEqual([]);
    // The cell has nothing else, such as a test whose title is written differently.
    expect(row.tests.split("; `").length).toBe(row.tests === "" ? 1 : named.length);
    expect(row.tests === "").toBe(named.length === 0);
    for (const { file, title } of named) {
      expect(file).toMatch(/^test\/.*\.ts$/);
      expect(hasTest(file, title), `${file} has a test "${title}"`).toBe(true);
    }
  });

  test.each(promised)("$promise: names a test that is there", ({ tests }) => {
    const named = testsIn(tests);
    expect(named).not.toEqual([]);
    expect(tests.split("; `").length).toBe(named.length);
    for (const { file, title } of named) {
      expect(file).toMatch(/^(test|interop\/conformance\/suites)\/.*\.ts$/);
      expect(hasTest(file, title), `${file} has "${title}"`).toBe(true);
    }
  });

  test("is one of the package's files, and the README's links", () => {
    const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
    expect(files).toContain("SECURITY.md");
    expect(readFileSync(join(root, "README.md"), "utf8")).toContain("(SECURITY.md)");
  });
});
