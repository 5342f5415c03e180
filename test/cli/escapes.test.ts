/** What a user's data and a server's INFO hold reaches the operator's terminal as text, and never as a command to it. */
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { type Outcome, runProgram } from "./program.ts";

const redis = await ownRedis();
const secret = "tcTyqz0tPnKkdF0VzmA4P3MIq2WeOXL7fd2Nlr3xHhE";
const variables = { REDIS_URL: redis.url, RWT_SECRET: secret };
const store = ioredisStore(redis.url);
atEnd(() => store.disconnect());
const rwt = createRwt({ store, secret }).with(sessions());

/** Every character that a terminal obeys or that reorders what is read. */
const range = (from: number, to: number): string =>
  String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, i) => from + i));
const CONTROLS = `${range(0, 0x1f)}${range(0x7f, 0x9f)}\u061c\u200e\u200f\u2028\u2029${range(0x202a, 0x202e)}${range(0x2066, 0x2069)}`;

const expectPlain = ({ stdout, stderr }: Outcome): void => {
  const found = [...stdout, ...stderr].filter((one) => CONTROLS.includes(one) && one !== "\n");
  expect(found.map((one) => one.charCodeAt(0).toString(16))).toEqual([]);
};

describe("a session whose data, subject and notes are full of controls", async () => {
  const evil = `a${CONTROLS}z 日本 👩‍👩‍👧`;
  const subject = `u${CONTROLS}`;
  const meta = { [`device${CONTROLS}`]: evil };
  const token = await rwt.sign({ name: evil }, { subject, meta });

  // An argument can't hold NUL.
  const named = subject.replace("\0", "");
  await rwt.sign(1, { subject: named, meta });

  test.each([
    ["verify", []],
    ["explain", []],
    ["list", ["--subject", named]],
  ])("is shown by %s with escapes, in words and as JSON of the same value", async (command, args) => {
    const [words, json] = await Promise.all([
      runProgram([command, ...args], variables, token),
      runProgram([command, "--json", ...args], variables, token),
    ]);
    for (const outcome of [words, json]) {
      expect(outcome).toMatchObject({ code: 0, stderr: "" });
      expectPlain(outcome);
      expect(outcome.stdout).toContain("\\u009b");
      expect(outcome.stdout).toContain("\\u202e");
    }
    if (command === "verify") expect(json.json).toMatchObject({ data: { name: evil }, subject, meta });
    if (command === "explain") expect(json.json).toMatchObject({ subject });
    if (command === "list") expect(json.json).toMatchObject({ sessions: [{ meta }] });
    if (command === "verify") expect(JSON.parse(words.stdout)).toEqual(json.json);
  });

  test("takes one line of list", async () => {
    const { stdout } = await runProgram(["list", "--subject", named], variables);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  });
});

/** A server that speaks enough of Redis's protocol for the doctor to ask it. */
async function serverWith(info: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      for (const [, name = ""] of bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\S+)\r\n/g)) {
        if (/ping/i.test(name)) socket.write("+PONG\r\n");
        else if (/info/i.test(name)) socket.write(info);
        else if (/hello/i.test(name)) socket.write("-ERR unknown command 'HELLO'\r\n");
        else socket.write("-NOPERM \u001b[2J\u009b31m\r\n");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => server.close());
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a server that answers with controls", () => {
  const examined = async (info: string, args: readonly string[]): Promise<Outcome> =>
    runProgram(["doctor", "--timeout", "1000", ...args], {
      REDIS_URL: await serverWith(info),
      RWT_SECRET: secret,
    });

  test.each([[[]], [["--json"]]])("is reported by doctor %o with escapes", async (args) => {
    const controls = CONTROLS.replace(/[\r\n]/g, "");
    const text = `redis_version:7.0.\u001b[2J${controls}\r\nmaxmemory_policy:\u009b31mlru\u202e\r\nevicted_keys:1\r\n`;
    const outcome = await examined(`$${Buffer.byteLength(text)}\r\n${text}\r\n`, args);
    expect(outcome.code).toBe(1);
    expectPlain(outcome);
    expect(outcome.stdout).toContain("Redis 7.0.\\u001b[2J");
    expect(outcome.stdout).toContain("\\u009b31mlru\\u202e");
  });

  test("doesn't get past it by a warning of the client's, which quotes it", async () => {
    const outcome = await examined("-NOPERM \u001b[2J\u009b31m\r\n", []);
    expectPlain(outcome);
    expect(outcome.stderr).toContain("\\u001b[2J\\u009b31m");
  });
});
