import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { bin } from "../support/bin.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

const program = join(root, "test/runtimes/sent-once-program.ts");
const redis = await ownRedis();

// Deno's fetch sends a request again if a connection that was used before breaks.
test.each([
  ["Node", process.execPath, [program]],
  ["Deno", bin("deno"), ["run", "--allow-all", program]],
  ["Bun", bin("bun"), ["run", program]],
])("over HTTP, a write whose reply is lost is sent once, on %s", async (_, command, args) => {
  const rest = await ownRest(redis);
  const { stdout } = await promisify(execFile)(command, [...args, rest.url, rest.token]);
  expect(JSON.parse(stdout)).toEqual({
    consume: "network",
    "consume of a replaceable token": "network",
    guess: "network",
    "the code after one of two wrong guesses": 1,
    update: "network",
    "the function's calls": 1,
    "the data": 1,
    "an error reply": "readonly",
    "no JSON": "reply",
    "a caller who gives up": "TimeoutError",
    "a sign and a verify that comes after it": 5,
  });
});
