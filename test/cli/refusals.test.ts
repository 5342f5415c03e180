import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { manifest, root } from "../../tools/entries.ts";
import { freePort } from "../../tools/free-port.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis } from "../support/servers.ts";
import { program, runProgram } from "./program.ts";

const RWT_SECRET = "tcTyqz0tPnKkdF0VzmA4P3MIq2WeOXL7fd2Nlr3xHhE";
const token = `rwt_${"B".repeat(64)}`;
const nowhere = { REDIS_URL: `redis://:hidden-password@127.0.0.1:${await freePort("redis")}`, RWT_SECRET };

test("package.json's bin is a built file with a shebang, within the package", () => {
  const packed = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
  expect(Object.keys(manifest.bin)).toEqual(["redis-web-token"]);
  expect(packed.files).toContain("dist");
  expect(manifest.bin["redis-web-token"]).toMatch(/^dist\/[^.]/);
  expect(readFileSync(program, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test("help, for all and for each command, and the version", async () => {
  const { code, stdout } = await runProgram(["--help"]);
  expect(code).toBe(0);
  const names = [...stdout.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name = ""]) => name);
  expect(names).toEqual(["secret", "sign", "verify", "explain", "list", "destroy", "destroy-all", "doctor"]);
  const helps = await Promise.all(names.map((name) => runProgram([name, "--help"])));
  for (const [i, help] of helps.entries()) {
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain(`Usage: redis-web-token ${names[i]}`);
  }
  expect(helps[2]?.stdout).toContain("Never pass a token as an argument");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  expect((await runProgram(["--version"])).stdout).toBe(`${version}\n`);
}, 120_000);

test.each<[string, string[], Record<string, string>, RegExp]>([
  ["no command", [], nowhere, /^redis-web-token: no command given\ncommands: secret, /],
  ["a token in a command's place", [token], nowhere, /^redis-web-token: no such command\ncommands: secret, /],
  [
    "a command that is nearly right",
    ["lsit"],
    nowhere,
    /^redis-web-token: no such command: lsit\. Did you mean list\?\n/,
  ],
  ["a word that is none", ["frobnicate"], nowhere, /^redis-web-token: no such command: frobnicate\n/],
  ["a token among the arguments", ["verify", token], nowhere, /never goes into the command line/],
  ["something else among them", ["list", token], nowhere, /takes only options/],
  ["an option that isn't known", ["verify", `--${token}`], nowhere, /unknown option \(known: --json/],
  [
    "an option that is nearly right",
    ["list", "--subjcet", "x"],
    nowhere,
    /unknown option: --subjcet\. Did you mean --subject\? \(/,
  ],
  ["an option without its value", ["list", "--subject"], nowhere, /lacks its value/],
  ["an option with a value too many", ["list", `--json=${token}`], nowhere, /one too many/],
  ["a token twice", ["verify", "-", "--token-file", "x"], nowhere, /either/],
  ["no token at all", ["verify"], nowhere, /no token given/],
  ["no subject", ["list"], nowhere, /--subject is missing/],
  ["an id without its subject", ["destroy", "--id", "x"], nowhere, /--subject is missing/],
  ["a subject without an id", ["destroy", "--subject", "x"], nowhere, /destroy-all/],
  ["data that isn't JSON", ["sign", "--data", `{${token}`], nowhere, /--data must be JSON/],
  ["meta that is no object", ["sign", "--data", "1", "--meta", "2"], nowhere, /meta must be a JSON object/],
  ["a number that is none", ["sign", "--data", "1", "--expire", token], nowhere, /--expire must be/],
  ["an expire of 0", ["sign", "--data", "1", "--expire", "0"], nowhere, /expire must be/],
  ["no Redis", ["list", "--subject", "x"], { RWT_SECRET }, /no Redis is set/],
  ["half a Redis", ["doctor"], { UPSTASH_REDIS_REST_TOKEN: token }, /one of them is missing/],
  ["no secret", ["list", "--subject", "x"], { REDIS_URL: nowhere.REDIS_URL }, /RWT_SECRET is not set/],
  [
    "a short secret",
    ["list", "--subject", "x"],
    { ...nowhere, RWT_SECRET: "short,shorter" },
    /at least 32 bytes/,
  ],
  [
    "half a JSON array",
    ["list", "--subject", "x"],
    { ...nowhere, RWT_SECRET: `["${token}"` },
    /no JSON array/,
  ],
  [
    "a URL that is none",
    ["list", "--subject", "x"],
    { ...nowhere, REDIS_URL: `http://${token}` },
    /redis:\/\/user/,
  ],
])("exit code 2 and the reason, without what was given: %s", async (_, args, variables, reason) => {
  const outcome = await runProgram(args, variables);
  expect(outcome).toMatchObject({ code: 2, stdout: "", stderr: reason });
  const { stdout, stderr } = outcome;
  expectNoLeak({ stdout, stderr }, { token, RWT_SECRET, password: "hidden-password" });
});

test.each([
  ["verify", async () => (await runProgram(["sign", "--data", "1"], await someRedis())).stdout],
  ["list", async () => ""],
])("exit code 3 where Redis can't be reached, and the reason: %s", async (command, input) => {
  const subject = command === "list" ? ["--subject", "x"] : [];
  const { code, stdout, stderr } = await runProgram([command, ...subject], nowhere, await input());
  expect({ code, stdout, stderr }).toEqual({
    code: 3,
    stdout: "",
    stderr: `redis-web-token ${command}: the store can't be reached: is Redis running, and is its address right? (network, ECONNREFUSED)\n`,
  });
});

test("exit code 3 where the password is wrong, which isn't shown", async () => {
  const redis = await ownRedis({ password: "right" });
  const REDIS_URL = redis.url.replace("right", "wrong-password");
  const outcome = await runProgram(["list", "--subject", "x"], { REDIS_URL, RWT_SECRET });
  expect(outcome).toMatchObject({ code: 3, stderr: /check the URL's password.*WRONGPASS/ });
  expectNoLeak([outcome.stdout, outcome.stderr], { password: "wrong-password" });
});

test("a reader that has had enough, as head has, is no fault", async () => {
  const child = spawn(process.execPath, [program, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (part: Buffer) => {
    stderr += part.toString();
  });
  await once(child, "close");
  expect(stderr).toBe("");
});

async function someRedis(): Promise<Record<string, string>> {
  return { REDIS_URL: (await ownRedis()).url, RWT_SECRET };
}
