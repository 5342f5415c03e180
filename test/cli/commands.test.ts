import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { explainToken } from "../../src/explain/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { forged } from "../support/forged.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { type Outcome, runProgram, type Variables } from "./program.ts";

const redis = await ownRedis({ password: "the-password-of-redis" });
const rest = await ownRest(redis);
const secret = "tcTyqz0tPnKkdF0VzmA4P3MIq2WeOXL7fd2Nlr3xHhE";
const overTcp: Variables = { REDIS_URL: redis.url, RWT_SECRET: secret };
const overHttp: Variables = {
  UPSTASH_REDIS_REST_URL: rest.url,
  UPSTASH_REDIS_REST_TOKEN: rest.token,
  RWT_SECRET: secret,
};
const store = ioredisStore(redis.url);
atEnd(() => store.disconnect());
const rwt = createRwt({ store, secret }).with(sessions());

const secrets = { secret, password: "the-password-of-redis", restToken: rest.token };

/** Runs the program over TCP, and checks that it shows nothing that it mustn't. */
async function run(args: readonly string[], input = "", variables = overTcp): Promise<Outcome> {
  const outcome = await runProgram(args, variables, input);
  expectNoLeak(outcome, secrets);
  return outcome;
}

describe("secret", () => {
  test("prints 32 random bytes that a service takes, and nothing else", async () => {
    const [one, two] = await Promise.all([runProgram(["secret"]), runProgram(["secret", "--json"])]);
    expect(one).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]{43}\n$/), stderr: "" });
    expect(two.json).toEqual({ secret: expect.stringMatching(/^[\w-]{43}$/) });
    expect(JSON.stringify(two.json)).not.toContain(one.stdout.trim());
    const service = createRwt({ store, secret: one.stdout.trim() });
    expect(await service.verify(await service.sign(1))).toMatchObject({ data: 1 });
  });
});

describe.each([
  ["TCP", overTcp],
  ["HTTP", overHttp],
])("a session's life over %s", (_, variables) => {
  test("signed, verified, listed, explained, ended", async () => {
    const subject = `someone over ${_}`;
    const options = ["--subject", subject, "--expire", "60", "--meta", '{"device":"iPad"}'];
    const signed = await run(["sign", ...options], '{"name":"Ada"}', variables);
    expect(signed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^rwt_[\w-]{76}\n$/), stderr: "" });
    const token = signed.stdout;
    const session = await rwt.verify(token.trim());
    expect(session).toMatchObject({ data: { name: "Ada" }, subject, expire: 60, meta: { device: "iPad" } });

    const verified = await run(["verify", "--json"], token, variables);
    expect(verified).toMatchObject({ code: 0, json: JSON.parse(JSON.stringify(session)) });

    const listed = await run(["list", "--subject", subject, "--json"], "", variables);
    const [{ id = "" } = {}] = (await rwt.list(subject)).sessions;
    expect(listed.json).toEqual({
      sessions: [
        {
          id,
          issuedAt: session?.issuedAt,
          deadline: session?.deadline,
          idle: expect.any(Number),
          meta: { device: "iPad" },
        },
      ],
    });

    const explained = await run(["explain", "--json"], token, variables);
    expect(explained).toMatchObject({ code: 0, json: { status: "live", id, subject, secret: 0 } });

    expect(await run(["destroy", "--json"], token, variables)).toMatchObject({
      code: 0,
      json: { ended: true },
    });
    expect(await rwt.verify(token.trim())).toBeNull();
    expect(await run(["destroy", "--json"], token, variables)).toMatchObject({
      code: 1,
      json: { ended: false },
    });
    expect(await run(["verify", "--json"], token, variables)).toMatchObject({ code: 1, json: null });
    const unknown = await run(["explain", "--json"], token, variables);
    expect(unknown).toMatchObject({ code: 1, json: { status: "unknown", id } });
    expectNoLeak([verified, listed, explained, unknown], { token });
    // It starts nine processes.
  }, 120_000);
});

describe("for people", () => {
  test("verify prints the session as JSON that is laid out, and doesn't extend it", async () => {
    const token = await rwt.sign({ name: "Ada" }, { expire: 600 });
    await rwt.extend(token, { expire: 300 });
    const { stdout } = await run(["verify", "-"], `  ${token}\n`);
    expect(stdout).toMatch(/^\{\n {2}"data": \{/);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(await rwt.verify(token))));
    expect((await explainToken(rwt, token)).idle).toBeLessThanOrEqual(300);
  });

  test("a token that isn't live: nothing on the standard output", async () => {
    const outcome = await run(["verify"], forged(await rwt.sign(1)));
    expect(outcome).toMatchObject({ code: 1, stdout: "", stderr: /explain/ });
  });

  test("list gives a line for each session, which can't play tricks on the terminal", async () => {
    const meta = { device: "\u001b[2Jphone" };
    const token = await rwt.sign(1, { subject: "for people", meta });
    const { stdout } = await run(["list", "--subject", "for people"]);
    expect(stdout).toMatch(/^[\w-]{22} {2}issued 20\d\d-\S+Z {2}idle for \d+ s more {2}deadline 20/);
    expect(stdout).not.toContain("\u001b");
    expectNoLeak(stdout, { token });
    const none = await run(["list", "--subject", "nobody"]);
    expect(none).toMatchObject({ code: 0, stdout: "", stderr: "no live session\n" });
  });

  test("list goes on with a cursor", async () => {
    for (let i = 0; i < 3; i++) await rwt.sign(i, { subject: "paged" });
    const ask = ["list", "--subject", "paged", "--limit", "2", "--json"];
    const first = (await run(ask)).json as { sessions: { id: string }[]; cursor: string };
    const rest = (await run([...ask, "--cursor", first.cursor])).json as typeof first;
    const ids = [...first.sessions, ...rest.sessions].map(({ id }) => id);
    expect(ids).toEqual((await rwt.list("paged")).sessions.map(({ id }) => id));
  });

  test.each([
    ["forged", async () => forged(await rwt.sign(1)), "forged", /secret/],
    ["cut off", async () => (await rwt.sign(1)).slice(0, -3), "malformed", /77 characters/],
  ])("explain: %s", async (_, make, status, reason) => {
    const token = await make();
    const { code, stdout } = await run(["explain"], token);
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^status +${status}\n`));
    expect(stdout).toMatch(reason);
    expectNoLeak(stdout, { token });
  });
});

describe("destroy by id, and destroy-all", () => {
  test("ends the session with that id alone", async () => {
    const [one, two] = [await rwt.sign(1, { subject: "by id" }), await rwt.sign(2, { subject: "by id" })];
    const { sessions } = await rwt.list("by id", { current: one });
    const id = sessions.find(({ current }) => current)?.id ?? "";
    const outcome = await run(["destroy", "--subject", "by id", `--id=${id}`]);
    expect(outcome).toMatchObject({ code: 0, stdout: "ended\n" });
    expect([await rwt.verify(one), (await rwt.verify(two))?.data]).toEqual([null, 2]);
    expect(await run(["destroy", "--subject", "by id", `--id=${id}`])).toMatchObject({ code: 1 });
  });

  test.each([
    ["for programs", ["--json"], '{"ended":true}\n', '{"ended":false}\n'],
    ["for people", [], "ended\n", "there was no session to end\n"],
  ])("ends all, and says whether there was something to end: %s", async (name, flags, some, none) => {
    const tokens = await Promise.all([1, 2, 3].map((data) => rwt.sign(data, { subject: name })));
    const endAll = (subject: string) => run(["destroy-all", "--subject", subject, ...flags]);
    expect(await endAll(name)).toMatchObject({ code: 0, stdout: some, stderr: "" });
    for (const token of tokens) expect(await rwt.verify(token)).toBeNull();
    expect(await endAll(`${name}, who never signed in`)).toMatchObject({ code: 0, stdout: none, stderr: "" });
  });

  test("ends a session whose token was rotated, by each of its tokens and by the id that they share", async () => {
    const [one, two] = [await rwt.sign(1, { subject: "rotated" }), await rwt.sign(2, { subject: "rotated" })];
    const [fresh, other] = [await rwt.rotate(one), (await rwt.rotate(two)) ?? ""];
    const explained = (await run(["explain", "--json"], other)).json as { id: string };
    expect((await run(["explain", "--json"], two)).json).toMatchObject({ status: "live", id: explained.id });
    expect(await run(["destroy", "--subject", "rotated", `--id=${explained.id}`])).toMatchObject({ code: 0 });
    expect(await run(["destroy"], one)).toMatchObject({ code: 0, stdout: "ended\n" });
    expect([await rwt.verify(fresh), await rwt.verify(other)]).toEqual([null, null]);
  });
});

test("encrypted sessions are read as any others", async () => {
  const encrypted = createRwt({ store, secret }).with(encryption());
  const token = await encrypted.sign({ name: "Ada" }, { subject: "encrypted", meta: { device: "iPad" } });
  expect(await run(["verify", "--json"], token)).toMatchObject({ code: 0, json: { data: { name: "Ada" } } });
  expect((await run(["explain", "--json"], token)).json).toMatchObject({
    status: "live",
    subject: "encrypted",
  });
  expect((await run(["list", "--subject", "encrypted"])).stdout).toContain('{"device":"iPad"}');
});

describe("secrets and settings of the environment", () => {
  const next = "L1pXc8dYbTn2vQmZ0rJw5hKe9sUaGf3iOyRxE7tBqNM";

  test.each([
    ["commas", `${next}, ${secret}`],
    ["a JSON array", JSON.stringify([next, secret])],
  ])("several secrets, with %s: the first signs, any opens", async (_, RWT_SECRET) => {
    const variables = { ...overTcp, RWT_SECRET };
    const old = await rwt.sign("old");
    expect(await run(["verify", "--json"], old, variables)).toMatchObject({ code: 0, json: { data: "old" } });
    const { stdout } = await run(["sign", "--data", '"new"'], "", variables);
    expect(await rwt.verify(stdout.trim())).toBeNull();
    expect((await createRwt({ store, secret: next }).verify(stdout.trim()))?.data).toBe("new");
  });

  test("a JSON array takes a secret that holds a comma", async () => {
    const odd = `${secret},${next}`;
    const token = await createRwt({ store, secret: odd }).sign(1);
    const variables = { ...overTcp, RWT_SECRET: JSON.stringify([odd]) };
    expect(await run(["verify"], token, variables)).toMatchObject({ code: 0 });
  });

  test("prefix and times, by variables and by options", async () => {
    const variables = { ...overTcp, RWT_PREFIX: "app:", RWT_EXPIRE: "50", RWT_MAX_LIFETIME: "100" };
    const { stdout: token } = await run(["sign", "--data", "1"], "", variables);
    const session = await createRwt({ store, secret, prefix: "app:" }).verify(token.trim());
    expect(session).toMatchObject({ expire: 50, deadline: (session?.issuedAt ?? 0) + 100 });
    expect(await run(["verify", "--prefix", "app:"], token)).toMatchObject({ code: 0 });
    expect(await run(["verify"], token)).toMatchObject({ code: 1 });
  });

  test("a token out of a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rwt-cli-"));
    atEnd(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "token");
    writeFileSync(file, `${await rwt.sign("filed")}\n`);
    expect(await run(["verify", "--token-file", file, "--json"])).toMatchObject({ json: { data: "filed" } });
    const missing = await run(["verify", "--token-file", join(folder, "no")]);
    expect(missing).toMatchObject({ code: 2, stderr: /can't be read \(ENOENT\)/ });
  });
});
