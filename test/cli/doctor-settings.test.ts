/** What the doctor says of the settings: the connection, the clock, the secret. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { weaknessOf } from "../../src/cli/doctor/weakness.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis } from "../support/servers.ts";
import { examine, RWT_SECRET } from "./examination.ts";

describe("the connection", () => {
  test("a Redis that isn't there, or takes another password, is a problem and not a crash", async () => {
    const redis = await ownRedis({ password: "right" });
    const wrong = await examine({ REDIS_URL: redis.url.replace("right", "wrong-password") });
    expect(wrong).toMatchObject({ code: 1, ok: false, notOk: { connection: "problem" } });
    expect(wrong.said("connection")).toContain("WRONGPASS");
    expectNoLeak(wrong.outcome, { password: "wrong-password" });
    await redis.kill();
    expect(await examine({ REDIS_URL: redis.url })).toMatchObject({
      code: 1,
      notOk: { connection: "problem" },
    });
  });

  test("redis:// to another machine is a warning, and so is one without a password", async () => {
    const redis = await ownRedis();
    // An address of this machine that doesn't say so.
    const report = await examine({ REDIS_URL: `redis://0.0.0.0:${redis.port}` });
    expect(report.notOk).toMatchObject({ tls: "warning", password: "warning" });
    expect(report.state("connection")).toBe("ok");
  });

  test.each([
    [
      "rediss://:pass@redis.example.test:1",
      "could not find out: the URL asks for TLS, but there is no connection",
      "the URL has one",
    ],
    ["redis://:pass@[::1]:1", "not encrypted, but within this machine", "the URL has one"],
  ])("is judged by its URL, before anyone answers: %s", async (REDIS_URL, tls, password) => {
    const report = await examine({ REDIS_URL }, ["--timeout", "1000"]);
    expect([report.said("tls"), report.said("password")]).toEqual([`${tls} → `, `${password} → `]);
    expect(report).toMatchObject({ code: 1, notOk: { connection: "problem" } });
  });

  test.each([
    [1, undefined],
    [20, "warning"],
    [-3600, "problem"],
  ])("a clock that is %d seconds ahead", async (ahead, state) => {
    const redis = await ownRedis();
    const shifted = `const { now } = Date; Date.now = () => now() + ${ahead * 1000};`;
    const nodeOptions = ["--import", `data:text/javascript,${encodeURIComponent(shifted)}`];
    const report = await examine({ REDIS_URL: redis.url }, [], nodeOptions);
    expect(report.notOk.clock).toBe(state);
    if (state)
      expect(report.said("clock")).toMatch(ahead > 0 ? /(19|20)\.\d s ahead of/ : /(3599|3600)\.\d s behind/);
  });
});

const sound = await ownRedis({ args: ["--appendonly", "yes"] });

describe("the secret", () => {
  test.each([
    ["a".repeat(40), /one character/],
    ["abc1".repeat(10), /repeats itself/],
    ["abababab11221122ababab1122112211ab12", /only 4 different/],
    ["changeme-please-9d8f7a6b5c4e3f2a1b0c", /people often use in secrets/],
    ["32 bytes or more: openssl rand -base64 32", /people often use in secrets/],
    ["correct horse battery staple, and more", /lowercase letters/],
  ])("one that can be guessed is a warning with the reason, without showing it: %s", async (weak, reason) => {
    const report = await examine({ REDIS_URL: sound.url, RWT_SECRET: weak.replaceAll(",", "") });
    expect(report).toMatchObject({ code: 0, notOk: { secret: "warning" } });
    expect(report.said("secret")).toMatch(reason);
    expectNoLeak(report.outcome, { weak });
  });

  test("of a ring, the weak one is named by its number", async () => {
    const report = await examine({
      REDIS_URL: sound.url,
      RWT_SECRET: `${RWT_SECRET},${"z".repeat(32)}`,
    });
    expect(report.said("secret")).toMatch(/^number 2 of 2 can be guessed/);
  });

  test.each([
    ["too short for any service", "short", "problem"],
    ["given twice", `${RWT_SECRET},${RWT_SECRET}`, "warning"],
    ["with a newline, which counts elsewhere", `${RWT_SECRET}\n`, "warning"],
    ["not set", "", "unknown"],
  ])("%s", async (_, text, state) => {
    const report = await examine({ REDIS_URL: sound.url, RWT_SECRET: text });
    expect(report.notOk).toEqual({ secret: state });
    expect(report.code).toBe(state === "problem" ? 1 : 0);
  });

  test("what openssl and this program make is never called weak", () => {
    for (const encoding of ["base64", "base64url", "hex"] as const) {
      for (let i = 0; i < 2000; i++) {
        // As random as any, and the same at each run.
        const bytes = createHash("sha256").update(`${i}`).digest();
        expect(weaknessOf(bytes.toString(encoding))).toBeUndefined();
      }
    }
  });
});
