import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../tools/entries.ts";

/**
 * Runs the tests that an example has for its users, as its `npm test` does. Rejects with what they print if one fails.
 *
 * @param folder - a copy of the example, where the package's name means the package
 * @param env - for the tests of an app that runs already: where it is, its Redis and its secret
 */
export async function runOwnTests(
  name: string,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { scripts } = JSON.parse(readFileSync(join(root, "examples", name, "package.json"), "utf8"));
  const PATH = `${join(root, "node_modules/.bin")}:${process.env.PATH}`;
  await promisify(execFile)("sh", ["-c", scripts.test], {
    cwd: folder,
    env: { ...process.env, ...env, PATH },
  }).catch(({ stdout, stderr }) => {
    throw new Error(`npm test of examples/${name}: ${stdout}${stderr}`);
  });
}
