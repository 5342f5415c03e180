import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { python, pythonMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
const folder = mkdtempSync(join(tmpdir(), "rwt-python-"));
afterAll(() => rmSync(folder, { recursive: true }));
const source = join(root, "interop/python");

const run = async (command: string, args: readonly string[], cwd = source): Promise<string> => {
  const env = { ...process.env, REDIS_URL: redis.url, PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout } = await promisify(execFile)(command, args, { cwd, env }).catch((error) =>
    expect.fail(error.stdout + error.stderr),
  );
  return stdout;
};

describe.skipIf(python === undefined)(`the Python package${pythonMissing}`, { timeout: 180_000 }, () => {
  const python3 = python ?? "";

  test("its own tests", async () => {
    expect(await run(python3, ["-m", "pytest", "-q", "-p", "no:cacheprovider"])).toMatch(/\d\d passed/);
  });

  test("is typed throughout", async () => {
    expect(await run(python3, ["-m", "mypy", "--cache-dir", join(folder, "mypy")])).toContain(
      "no issues found",
    );
  });

  test("its files are short enough to be read in one go", () => {
    const all = readdirSync(source, { recursive: true, encoding: "utf8" });
    const files = all.filter((file) => file.endsWith(".py"));
    expect(files.length).toBeGreaterThan(30);
    for (const file of files) {
      const lines = readFileSync(join(source, file), "utf8").trimEnd().split("\n");
      expect(lines.length, file).toBeLessThanOrEqual(250);
      for (const line of lines) expect(line.length, `${file}: ${line}`).toBeLessThanOrEqual(132);
    }
  });

  test("is built, and works in a fresh environment from its wheel alone", async () => {
    const pip = ["-m", "pip", "--disable-pip-version-check"];
    const alone = ["--no-index", "--no-deps"];
    await run(python3, [...pip, "wheel", ".", ...alone, "--no-build-isolation", "--wheel-dir", folder]);
    const wheel = readdirSync(folder).find((file) => file.endsWith(".whl")) ?? "";
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(wheel).toBe(`redis_web_token-${version}-py3-none-any.whl`);
    const venv = join(folder, "venv");
    await run(python3, ["-m", "venv", "--system-site-packages", "--without-pip", venv]);
    const own = join(venv, "bin/python3");
    await run(own, [...pip, "install", ...alone, join(folder, wheel)]);
    const program = `
import importlib.resources, os, redis_web_token
import redis_web_token.asgi, redis_web_token.django, redis_web_token.fastapi
with redis_web_token.Rwt(redis=os.environ["REDIS_URL"], secret="s" * 32) as rwt:
    token = rwt.rotate(rwt.sign({"id": 42}, subject="42"))
    print(rwt.verify(token).data, redis_web_token.__file__)
print(importlib.resources.files(redis_web_token).joinpath("py.typed").is_file())`;
    const [printed, typed] = (await run(own, ["-c", program], folder)).trim().split("\n");
    expect(printed).toMatch(/^\{'id': 42\} .*\/venv\//);
    expect(typed).toBe("True");
  });
});
