/** The code of README, docs and the comments: all of it compiles, and what shows results gives them. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Block } from "../../tools/docs/markdown.ts";
import { root } from "../../tools/entries.ts";
import { bin } from "../support/bin.ts";
import { blocks, SURROUNDINGS } from "../support/pages.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

/** The examples of the public documentation comments, which editors show. */
const examples = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .flatMap((file) => [
    ...readFileSync(join(root, "src", file), "utf8").matchAll(/^ *\* ```ts\n(.*?)^ *\* ```$/gms),
  ])
  .map(([, code = ""]) => code.replaceAll(/^ *\* ?/gm, ""));

// Within the project, where the package's name means the package.
const folder = join(root, "dist/.docs");
/** Files of examples are checked where they belong together, and what Deno takes from JSR in the matrix of runtimes. */
const compiled = blocks.filter(({ code, from }) => !code.includes('from "jsr:') && from === undefined);
const nameOf = (block: Block): string =>
  `${block.page.path.replaceAll(/\W/g, "-")}-${blocks.filter(({ page }) => page === block.page).indexOf(block)}`;

/** What a line of code says that it prints. */
const RESULT = /\/\/ → (.*)$/gm;
const running = compiled.filter(({ code }) => code.search(RESULT) >= 0);

const redis = await ownRedis();
const rest = await ownRest(redis);
const env = {
  ...process.env,
  REDIS_URL: redis.url,
  UPSTASH_REDIS_REST_URL: rest.url,
  UPSTASH_REDIS_REST_TOKEN: rest.token,
  RWT_SECRET: "a secret of the tests of 32 bytes or more",
  JWT_SECRET: "a JWT secret of the tests of 32 bytes or more",
  NO_COLOR: "1",
};

async function run(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { env, cwd: root }).catch((error) => {
    throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`);
  });
  return stdout.trim();
}

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  for (const [name, code] of Object.entries(SURROUNDINGS)) writeFileSync(join(folder, name), code);
  for (const block of compiled)
    writeFileSync(join(folder, `${nameOf(block)}.ts`), `${block.code}\nexport {};\n`);
  examples.forEach((code, i) => {
    writeFileSync(join(folder, `example-${i}.ts`), `${code}\nexport {};\n`);
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

test("all code in README, docs and comments is type-checked, as strictly as the project is", async () => {
  expect(compiled.length).toBeGreaterThan(40);
  expect(examples.length).toBeGreaterThan(12);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: "../../tsconfig.json",
      compilerOptions: {
        noUnusedLocals: false,
        // Nest's.
        experimentalDecorators: true,
        // As bundlers and Next resolve imports, also without a file's ending.
        module: "ESNext",
        moduleResolution: "Bundler",
      },
      include: ["*.ts"],
    }),
  );
  expect(await run(bin("tsc"), "-p", folder)).toBe("");
});

test("many pages show results", () => {
  expect(running.length).toBeGreaterThan(15);
});

describe.each(running.map((block) => [nameOf(block), block] as const))("%s", (name, block) => {
  test("prints what its comments say, and ends", async () => {
    const results = [...block.code.matchAll(RESULT)].map(([, result = ""]) => result);
    expect((await run(process.execPath, join(folder, `${name}.ts`))).split("\n")).toEqual(results);
  });
});
