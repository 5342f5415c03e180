import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { bin } from "../support/bin.ts";

// Within the project, so that the package's name resolves to the package itself.
const folder = join(root, "dist/.require");
beforeAll(() => void mkdirSync(folder, { recursive: true }));
afterAll(() => rmSync(folder, { recursive: true }));

const USE = `
  const { memoryStore } = MEMORY;
  const tokens = rwt({ redis: memoryStore() });
  tokens.sign({ name: "Ada" }, "a secret of the tests, 32 bytes or more", {}, (error, token) => {
    tokens.verify(token, "a secret of the tests, 32 bytes or more", (error, user) => console.log(user.name));
  });`;
const PROGRAMS = {
  "require.cjs": `const rwt = require("redis-web-token/compat"); ${USE.replace("MEMORY", 'require("redis-web-token/memory")')}`,
  "import.mjs": `import rwt from "redis-web-token/compat"; ${USE.replace("MEMORY", 'await import("redis-web-token/memory")')}`,
  "named.mjs": `import { rwt } from "redis-web-token/compat"; ${USE.replace("MEMORY", 'await import("redis-web-token/memory")')}`,
};

async function printedBy(
  [command = "", ...args]: readonly string[],
  file: string,
  code: string,
): Promise<string> {
  writeFileSync(join(folder, file), code);
  const { stdout, stderr } = await promisify(execFile)(command, [...args, join(folder, file)]);
  expect(stderr).toBe("");
  return stdout.trim();
}

describe("redis-web-token/compat is the factory", () => {
  describe.each(Object.entries(PROGRAMS))("%s", (file, code) => {
    test.each([
      ["Node", process.execPath],
      ["Bun", bin("bun")],
    ])("on %s", async (_, command) => {
      expect(await printedBy([command], file, code)).toBe("Ada");
    });
  });

  test("import.mjs on Deno", async () => {
    const deno = [bin("deno"), "run", "--allow-env", "--allow-read"];
    expect(await printedBy(deno, "import.mjs", PROGRAMS["import.mjs"])).toBe("Ada");
  });

  test("CommonJS in TypeScript sees it with its types", async () => {
    const code = `
      import rwt = require("redis-web-token/compat");
      const tokens = rwt({ redis: { host: "localhost" } });
      tokens.sign({ name: "Ada" }, "secret", {}, (error, token) => error ?? token?.length);
      // @ts-expect-error seconds are a number
      rwt({ custom: { expire: "60" } });`;
    const config = {
      extends: "../../tsconfig.json",
      // The project's own setting forbids syntax that only a compiler can run, such as `import =`.
      compilerOptions: { erasableSyntaxOnly: false },
      files: ["types.cts"],
      include: [],
    };
    writeFileSync(join(folder, "types.cts"), code);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    await promisify(execFile)(bin("tsc"), ["-p", folder]).catch((error) => expect.fail(error.stdout));
  });
});

test.each(["workerd", "edge-light"])(
  "a bundle for %s contains no TCP client and has no external imports",
  async (condition) => {
    const contents = 'import rwt from "redis-web-token/compat"; export default rwt;';
    const { metafile } = await build({
      stdin: { contents, resolveDir: root },
      bundle: true,
      format: "esm",
      conditions: [condition],
      metafile: true,
      write: false,
      absWorkingDir: root,
      external: ["node:*"],
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((path) => /ioredis|node-redis|node_modules\/redis|owned-client/.test(path))).toEqual(
      [],
    );
    expect(inputs.some((path) => path.includes("@upstash/redis"))).toBe(true);
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
    expect(imports.filter(({ external }) => external)).toEqual([]);
  },
);
