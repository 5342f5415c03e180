import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { commandsOf } from "../support/commandstats.ts";
import { forged } from "../support/forged.ts";
import { phpHttp, phpHttpMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";
import { AUTH_CASES, type AuthCase, bearerOf, cookieOf, type Pair } from "./auth-cases.ts";
import { ask, type RawAnswer, startPhpServer, startTypeScriptServer } from "./auth-servers.ts";
import { STEP_UP_CASES } from "./step-up-cases.ts";

const CASES = [...AUTH_CASES, ...STEP_UP_CASES];
const redis = await ownRedis();
const admin = new Redis(redis.url);
const secret = "a secret that all languages share, 32 bytes or more";
const rwt = createRwt({ store: ioredisStore(admin), secret }).with(sessions());
afterAll(() => admin.disconnect());

/** What differs from one session to the next. */
const normal = (answer: RawAnswer): RawAnswer => {
  const text = JSON.stringify(answer)
    .replace(/rwt_[\w-]{76}/g, "rwt_…")
    .replace(/Max-Age=2591\d{3}/g, "Max-Age=2592000");
  return JSON.parse(text);
};

/**
 * Symfony writes some headers in its own way: another order and case of a cookie's attributes, and `Expires` beside `Max-Age`. Versions
 * before 6.4 don't know `Partitioned`.
 */
const ofSymfony = ({ status, body, headers }: RawAnswer): object => ({
  status,
  body,
  headers: headers
    .filter(([name]) => name !== "cache-control")
    .map(([name, value]) => {
      if (name !== "set-cookie") return [name, value];
      const attributes = value.toLowerCase().replace("=deleted;", "=;").replaceAll("%20", " ").split("; ");
      return [name, attributes.filter((each) => !/^(expires=|partitioned$)/.test(each)).sort()];
    }),
  isStored: !headers.some(([name, value]) => name === "cache-control" && value.includes("no-store")),
});

describe.skipIf(phpHttp === undefined)(`PHP answers over HTTP as requestAuth does${phpHttpMissing}`, () => {
  let [typescript, php] = [0, 0];
  beforeAll(async () => {
    const script = join(root, "interop/php/tests/server.php");
    const env = { RWT_SECRET: secret, REDIS_PORT: String(redis.port) };
    [typescript, php] = await Promise.all([
      startTypeScriptServer(rwt),
      startPhpServer(phpHttp ?? "", script, env),
    ]);
  });

  async function answerOf(port: number, via: string, { call, method, options, headers }: AuthCase) {
    await admin.flushall();
    const token = await rwt.sign({ name: "Ada" }, { subject: "42" });
    const fill = (text: string) => text.replaceAll("HOST", `127.0.0.1:${port}`).replaceAll("VIA", via);
    const given = headers(token).map(
      ([name, value]): Pair => [name, name === "Cookie" ? value : fill(value)],
    );
    const asked = JSON.stringify(options).replace(
      /[^\0-\x7f]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    return normal(await ask(port, method, `/${via}/${call}`, [["X-Test-Options", fill(asked)], ...given]));
  }

  describe.each(["psr7", "plain"])("%s", (via) => {
    test.each(CASES)("$name", async (each) => {
      const expected = await answerOf(typescript, via, each);
      expect(expected.status, expected.body).toBe(each.status);
      expect(await answerOf(php, via, each)).toEqual(expected);
    });
  });

  test.each(CASES)("symfony: $name", async (each) => {
    const expected = await answerOf(typescript, "symfony", each);
    expect(ofSymfony(await answerOf(php, "symfony", each))).toEqual(ofSymfony(expected));
  });

  test.each(CASES.filter(({ call }) => call === "me"))("the middleware of PSR-15: $name", async (each) => {
    const asked = { ...each, call: "middleware" };
    const expected = await answerOf(typescript, "psr7", asked);
    expect(expected.status).toBe(each.status);
    // Dropping a dead cookie is up to the app.
    const headers = expected.headers.filter(([name]) => name !== "set-cookie");
    expect(await answerOf(php, "psr7", asked)).toEqual({ ...expected, headers });
  });

  test("one command checks a token, and none a forged one or a request of another site", async () => {
    const token = await rwt.sign(1, { subject: "42" });
    const options: Pair = ["X-Test-Options", JSON.stringify({ from: ["bearer", "cookie"] })];
    const me = (method: string, ...headers: Pair[]) =>
      ask(php, method, "/psr7/middleware", [options, ...headers]);
    expect(await commandsOf(admin, () => me("GET", bearerOf(token)))).toEqual({ mget: 1 });
    expect(await commandsOf(admin, () => me("GET", cookieOf(token)))).toEqual({ mget: 1 });
    const forgery = forged(token);
    const cookies = Array.from({ length: 50 }, () => `__Host-rwt=${forgery}`).join("; ");
    const sent = await commandsOf(admin, async () => {
      await me("GET", bearerOf(forgery));
      await me("GET", ["Cookie", cookies]);
      await me("POST", cookieOf(token), ["Origin", "https://evil.example"]);
      await me("GET");
    });
    expect(sent).toEqual({});
  });

  test("while Redis is out, both answer 503, and a sign-out clears the cookie", async () => {
    const own = await ownRedis();
    const store = ioredisStore(own.url, { timeout: 500 });
    const out = createRwt({ store, secret }).with(sessions());
    const script = join(root, "interop/php/tests/server.php");
    const env = { RWT_SECRET: secret, REDIS_PORT: String(own.port) };
    const ports = [
      await startTypeScriptServer(out),
      await startPhpServer(phpHttp ?? "", script, env),
    ] as const;
    const token = await out.sign(1, { subject: "42" });
    await own.stop();
    const options: Pair = ["X-Test-Options", JSON.stringify({ from: ["bearer", "cookie"], retryAfter: 7 })];
    const asked = [
      ["GET", "me"],
      ["POST", "login"],
      ["POST", "logout"],
      ["POST", "rotate"],
      ["POST", "reauthenticate"],
      ["GET", "list"],
      ["POST", "others"],
      ["POST", "everywhere"],
    ] as const;
    for (const [method, call] of asked) {
      for (const via of ["psr7", "plain"]) {
        const headers = [options, call === "login" ? bearerOf(forged(token)) : cookieOf(token)];
        const [expected, answer] = await Promise.all(
          ports.map((port) => ask(port, method, `/${via}/${call}`, headers)),
        );
        expect(expected?.status).toBe(503);
        expect(answer).toEqual(expected);
      }
    }
    const [cleared] = (
      await ask(ports[1], "POST", "/psr7/logout", [options, cookieOf(token)])
    ).headers.filter(([name]) => name === "set-cookie");
    expect(cleared?.[1]).toContain("Max-Age=0");
    await store.disconnect();
  });
});
