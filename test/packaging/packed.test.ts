import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linksOf, writtenPages } from "../../tools/docs/markdown.ts";
import { entries, root } from "../../tools/entries.ts";
import { bin } from "../support/bin.ts";

const run = promisify(execFile);
// Outside the project, so that its dependencies can't be found.
const folder = mkdtempSync(join(tmpdir(), "rwt-packed-"));
const installed = join(folder, "node_modules/redis-web-token");

const tarball = (): string =>
  join(
    folder,
    readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? expect.fail("nothing was packed"),
  );

/** Runs a program that has only the package installed, and returns what it prints. */
async function printedBy(code: string): Promise<string> {
  writeFileSync(join(folder, "program.mjs"), code);
  const { stdout } = await run(process.execPath, ["program.mjs"], { cwd: folder });
  return stdout.trim();
}

beforeAll(async () => {
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: root });
  mkdirSync(installed, { recursive: true });
  await run("tar", ["xzf", tarball(), "--strip-components=1", "-C", installed]);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the packed package", () => {
  test("contains the build, the sources for its maps, and the documents; no tests, no tools, no example", () => {
    expect(readdirSync(installed).sort()).toEqual([
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "SPEC.md",
      "dist",
      "docs",
      "package.json",
      "src",
    ]);
    const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
    expect(files.filter((name) => /test\.|\.readme|wrangler|vectors/.test(name))).toEqual([]);
    const map = JSON.parse(readFileSync(join(installed, "dist/rwt.js.map"), "utf8"));
    expect(files).toContain(join("dist", map.sources[0]));
  });

  test("has what README links to", () => {
    const readme = writtenPages.find(({ path }) => path === "README.md");
    const links = readme === undefined ? [] : linksOf(readme).map(({ path }) => path);
    expect(links.length).toBeGreaterThan(30);
    for (const path of links) expect(existsSync(join(installed, path)), path).toBe(true);
  });

  test("gives every entry its types, as ESM with every resolution that knows exports (are the types wrong?)", async () => {
    const { stdout } = await run(bin("attw"), [tarball(), "--profile", "esm-only", "--format", "json"], {
      env: { ...process.env, NO_COLOR: "1" },
    }).catch((error) => expect.fail(error.stdout));
    const { analysis } = JSON.parse(stdout);
    expect(Object.keys(analysis.entrypoints)).toHaveLength(entries.length + 1);
  });

  test("works without any dependency", async () => {
    const code = `
      import { createRwt } from "redis-web-token";
      import { memoryStore } from "redis-web-token/memory";
      const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) });
      console.log((await rwt.verify(await rwt.sign("in"))).data);`;
    expect(await printedBy(code)).toBe("in");
  });

  test("imports every entry that needs no client, and says for the others which client is missing", async () => {
    const code = `
      for (const name of ${JSON.stringify(entries.map(({ name }) => name))}) {
        await import(name).catch((error) => console.log(name, error.code, /'(.*?)'/.exec(error.message)[1]));
      }`;
    expect((await printedBy(code)).split("\n")).toEqual([
      expect.stringMatching(/^redis-web-token\/hono ERR_MODULE_NOT_FOUND hono/),
      expect.stringMatching(/^redis-web-token\/hono-routes ERR_MODULE_NOT_FOUND hono/),
      "redis-web-token/nest ERR_MODULE_NOT_FOUND @nestjs/common",
      "redis-web-token/opentelemetry ERR_MODULE_NOT_FOUND @opentelemetry/api",
    ]);
  });

  test.each([
    ["ioredis", 'ioredisStore("redis://localhost:1")', "ioredis"],
    ["node-redis", 'nodeRedisStore("redis://localhost:1")', "redis"],
    ["upstash", 'upstashStore({ url: "http://localhost:1", token: "t" })', "@upstash/redis"],
  ])(
    "says at the first call that %s isn't installed, which isn't an outage",
    async (entry, store, client) => {
      const code = `
      import { createRwt } from "redis-web-token";
      import { ${store.split("(")[0]} } from "redis-web-token/${entry}";
      const rwt = createRwt({ store: ${store}, secret: "s".repeat(32) });
      await rwt.connect().catch((error) => console.log(error.code, error.message));
      await rwt.disconnect();`;
      expect(await printedBy(code)).toBe(
        `ERR_RWT_CLIENT_MISSING this store needs the package ${client}: npm install ${client}`,
      );
    },
  );
});
