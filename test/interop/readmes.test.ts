import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { php, phpMissing, python, pythonMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
const secret = "a secret that all languages share, 32 bytes or more";
const env = { ...process.env, RWT_SECRET: secret };
const folder = mkdtempSync(join(tmpdir(), "rwt-readme-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The code blocks of a language's README, with the tests' Redis. */
function codesOf(language: "php" | "python"): string[] {
  const readme = readFileSync(join(root, `interop/${language}/README.md`), "utf8");
  const blocks = [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))];
  return blocks.map(([, code = ""]) => code.replace("6379", String(redis.port)));
}

test.skipIf(php === undefined)(`the PHP README's code does what it says${phpMissing}`, () => {
  const file = join(folder, "readme.php");
  const autoload = `require ${JSON.stringify(join(root, "interop/php/autoload.php"))};`;
  const code = codesOf("php")[0]?.replace("$rwt = new", `${autoload}\n$rwt = new`);
  writeFileSync(
    file,
    `${code}\necho json_encode([$user, count($page["sessions"]), $rwt->verify($token, $secret)]);`,
  );
  expect(execFileSync(php ?? "", [file], { env, encoding: "utf8" })).toBe('[{"name":"Ada"},1,false]');
});

test.skipIf(python === undefined)(`the Python README's code does what it says${pythonMissing}`, () => {
  const file = join(folder, "readme.py");
  const [calls = "", once = "", requests = ""] = codesOf("python");
  const shown = "session.data, user, len(page.sessions), rwt.verify(token), type(auth).__name__";
  const found = "found.data, found.subject, resets.consume(link), signed_in.subject";
  writeFileSync(file, `${calls}\n${once}\n${requests}\nprint(${shown})\nprint(${found})`);
  const PYTHONPATH = join(root, "interop/python/src");
  const printed = execFileSync(python ?? "", [file], { env: { ...env, PYTHONPATH }, encoding: "utf8" });
  expect(printed.trim()).toBe(
    "{'name': 'Ada'} {'name': 'Ada', 'plan': 2} 1 None RwtAuth\n{'next': '/'} 42 None 42",
  );
});
