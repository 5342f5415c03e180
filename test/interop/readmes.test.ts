import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { php, phpMissing, python, pythonMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
const secret = "a secret that all languages share, 32 bytes or more";
const env = { ...process.env, RWT_SECRET: secret };
const folder = mkdtempSync(join(tmpdir(), "rwt-readme-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The code block of a language's README, with the tests' Redis. */
function codeOf(language: "php" | "python"): string {
  const readme = readFileSync(join(root, `interop/${language}/README.md`), "utf8");
  const [, code = ""] = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(readme) ?? [];
  expect(code).toContain("6379");
  return code.replace("6379", String(redis.port));
}

test.skipIf(php === undefined)(`the PHP README's code does what it says${phpMissing}`, () => {
  const file = join(folder, "readme.php");
  const autoload = `require ${JSON.stringify(join(root, "interop/php/autoload.php"))};`;
  const code = codeOf("php").replace("$rwt = new", `${autoload}\n$rwt = new`);
  writeFileSync(
    file,
    `${code}\necho json_encode([$user, count($page["sessions"]), $rwt->verify($token, $secret)]);`,
  );
  expect(execFileSync(php ?? "", [file], { env, encoding: "utf8" })).toBe('[{"name":"Ada"},1,false]');
});

test.skipIf(python === undefined)(`the Python README's code does what it says${pythonMissing}`, async () => {
  await using rwt = createRwt({ store: ioredisStore(redis.url), secret });
  const token = await rwt.sign({ name: "Ada" }, { subject: "42" });
  const file = join(folder, "readme.py");
  writeFileSync(file, `token = ${JSON.stringify(token)}\n${codeOf("python")}`);
  const printed = execFileSync(python ?? "", [file], {
    env: { ...env, PYTHONPATH: join(root, "interop/python") },
    encoding: "utf8",
  });
  expect(printed.trim()).toBe("{'name': 'Ada'} 42");
});
