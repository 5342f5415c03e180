import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { bin } from "../support/bin.ts";

const run = promisify(execFile);
const toml = await readFile(join(root, "wrangler.toml"), "utf8");
const secrets = [...toml.matchAll(/wrangler secret put (\w+)/g)].map(([, name = ""]) => name);

// Within the project, so that its imports resolve.
await mkdir(join(root, "dist"), { recursive: true });
const folder = await mkdtemp(join(root, "dist/.bindings-"));
beforeAll(async () => {
  const file = join(folder, "secrets.env");
  await writeFile(file, secrets.map((name) => `${name}=x\n`).join(""));
  const options = ["--env-file", file, "--include-runtime", "false", "--strict-vars", "false"];
  await run(process.execPath, [bin("wrangler"), "types", join(folder, "env.d.ts"), ...options], {
    cwd: root,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" },
  });
});
afterAll(() => rm(folder, { recursive: true }));

const compile = async (code: string): Promise<string> => {
  await writeFile(join(folder, "check.ts"), code);
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"] }),
  );
  return run(bin("tsc"), ["-p", folder]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
};

const IMPORT = 'import type { Environment } from "../../worker-example/settings.ts";\n';

test("wrangler.toml names the four secrets, and has no value for them", () => {
  expect(secrets).toEqual(["UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN", "RWT_SECRET", "DEMO_USERS"]);
  for (const name of secrets) expect(toml).not.toMatch(new RegExp(`^\\W*${name}\\s*=`, "m"));
});

test("the bindings that wrangler finds match the example's type", async () => {
  expect(await compile(`${IMPORT}export const check = (env: Env): Environment => env;\n`)).toBe("");
  const unknown = `${IMPORT}export const check: Exclude<keyof Env, keyof Environment>[] = [];\n`;
  expect(await compile(`${unknown}export const none: never[] = check;\n`)).toBe("");
  const found = [...(await readFile(join(folder, "env.d.ts"), "utf8")).matchAll(/^\t+(\w+): string;$/gm)];
  expect(found.map(([, name]) => name)).toEqual(expect.arrayContaining(secrets));
});

test("the example reads the settings that wrangler.toml shows in comments", async () => {
  const commented = [...toml.matchAll(/^# ([A-Z]\w+) = "/gm)].map(([, name]) => name);
  expect(commented).toEqual(["RWT_EXPIRE", "RWT_MAX_LIFETIME"]);
  const names = commented.map((name) => `"${name}"`).join(" | ");
  expect(await compile(`${IMPORT}export type Check = Pick<Environment, ${names}>;\n`)).toBe("");
  expect(await compile(`${IMPORT}export type Check = Pick<Environment, "NO_SUCH">;\n`)).toContain("NO_SUCH");
});
