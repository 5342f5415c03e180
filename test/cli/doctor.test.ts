import { Redis } from "ioredis";
import { describe, expect, test, vi } from "vitest";
import { RIGHTS } from "../../src/cli/doctor/rights.ts";
import type { RedisServer } from "../../tools/redis-server.ts";
import { atEnd } from "../support/at-end.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownCluster, ownRedis, ownRest } from "../support/servers.ts";
import { examine, RWT_SECRET } from "./examination.ts";
import { runProgram } from "./program.ts";

const adminOf = (redis: RedisServer): Redis => {
  const admin = new Redis(redis.url);
  atEnd(() => admin.disconnect());
  return admin;
};

const SERVER_CHECKS = [
  "connection",
  "version",
  "commands",
  "round-trip",
  "clock",
  "eviction",
  "memory",
  "persistence",
  "replication",
];

describe("a Redis that keeps sessions well", () => {
  test("passes, over TCP, even where it is strict; and nothing is left in it", async () => {
    const redis = await ownRedis({ password: "the-password-of-redis", args: ["--appendonly", "yes"] });
    const report = await examine({ REDIS_URL: redis.url }, ["--strict"]);
    expect(report).toMatchObject({ code: 0, ok: true, notOk: {} });
    expect(report.checks).toEqual(["secret", "tls", "password", ...SERVER_CHECKS]);
    expect(await adminOf(redis).dbsize()).toBe(0);
    expectNoLeak(report.outcome, { RWT_SECRET, password: "the-password-of-redis" });
  });

  test("passes over HTTP", async () => {
    const redis = await ownRedis({ args: ["--appendonly", "yes"] });
    const { url, token } = await ownRest(redis);
    const report = await examine({ UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token });
    expect(report).toMatchObject({ code: 0, ok: true, notOk: {} });
    expect(report.checks).toEqual(["secret", "tls", ...SERVER_CHECKS]);
    expectNoLeak(report.outcome, { RWT_SECRET, token });
  });

  test("in words: a line for each check, and what to do about it", async () => {
    const redis = await ownRedis();
    const { code, stdout } = await runProgram(["doctor"], { REDIS_URL: redis.url, RWT_SECRET });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {7}version {6}Redis \d+\./m);
    expect(stdout).toMatch(
      /^warning {2}persistence {2}off: a restart of Redis logs everyone out\n +→ set appendonly/m,
    );
  });
});

describe("what drops or loses sessions", () => {
  const limited = (policy: string) => ["--maxmemory", "100mb", "--maxmemory-policy", policy];

  test.each([
    ["allkeys-lru", "the least recently used keys"],
    ["volatile-ttl", "the sessions that would expire soonest"],
  ])("eviction by %s is a warning, which counts strictly alone", async (policy, takes) => {
    const REDIS_URL = (await ownRedis({ args: limited(policy) })).url;
    const report = await examine({ REDIS_URL });
    expect(report).toMatchObject({ code: 0, ok: true, notOk: { eviction: "warning" } });
    expect(report.said("eviction")).toContain(takes);
    expect(report.said("eviction")).toContain("logs users out, but lets nobody in");
    expect(report.said("eviction")).toContain("set maxmemory-policy noeviction");
    expect(await examine({ REDIS_URL }, ["--strict"])).toMatchObject({ code: 1, ok: false });
  });

  test("noeviction is right, and so is a policy that nothing makes use of", async () => {
    const strict = await examine({ REDIS_URL: (await ownRedis({ args: limited("noeviction") })).url });
    expect(strict.state("eviction")).toBe("ok");
    const idle = await ownRedis({ args: ["--maxmemory-policy", "allkeys-lru"] });
    const { state, said } = await examine({ REDIS_URL: idle.url });
    expect([state("eviction"), said("eviction")]).toEqual([
      "ok",
      expect.stringMatching(/no maxmemory is set/),
    ]);
  });

  test("memory that is nearly full: a warning, then a problem", async () => {
    const redis = await ownRedis();
    const admin = adminOf(redis);
    const fill = async (share: number) => {
      // By a short command: a long one's own memory would count until it is freed.
      await admin.setrange("ballast", 30 * 2 ** 20, "x");
      const used = Number(/used_memory:(\d+)/.exec(await admin.info("memory"))?.[1]);
      await admin.config("SET", "maxmemory", String(Math.round(used / share)));
      return examine({ REDIS_URL: redis.url });
    };
    expect((await fill(0.87)).state("memory")).toBe("warning");
    expect(await fill(0.98)).toMatchObject({ code: 1, notOk: { memory: "problem" } });
  });

  test.each([
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
  ])(
    "memory that is full is no problem under %s, which logs users out and lets nobody in",
    async (policy) => {
      const redis = await ownRedis();
      const admin = adminOf(redis);
      await admin.config("SET", "maxmemory-policy", policy);
      await admin.setrange("ballast", 30 * 2 ** 20, "x");
      const used = Number(/used_memory:(\d+)/.exec(await admin.info("memory"))?.[1]);
      await admin.config("SET", "maxmemory", String(Math.round(used / 0.98)));
      const report = await examine({ REDIS_URL: redis.url });
      expect(report).toMatchObject({ code: 0, notOk: { eviction: "warning", memory: "warning" } });
      expect(report.said("memory")).toContain("logs users out, but lets nobody in");
    },
  );

  test("no persistence is a warning, snapshots are not", async () => {
    const redis = await ownRedis();
    expect((await examine({ REDIS_URL: redis.url })).notOk).toEqual({ persistence: "warning" });
    await adminOf(redis).config("SET", "save", "3600 1");
    expect((await examine({ REDIS_URL: redis.url })).notOk).toEqual({});
  });
});

describe("replication", () => {
  test("a replica that keeps up is told of; one that is silent is a warning; asked itself, it is a problem", async () => {
    const primary = await ownRedis({ args: ["--repl-diskless-sync-delay", "0"] });
    const replica = await ownRedis({ args: ["--replicaof", "127.0.0.1", String(primary.port)] });
    const admin = adminOf(primary);
    const isOnline = async () => expect(await admin.info("replication")).toMatch(/state=online/);
    await vi.waitFor(isOnline, { timeout: 15_000, interval: 50 });
    const well = await examine({ REDIS_URL: primary.url });
    expect(well.state("replication")).toBe("ok");
    expect(well.said("replication")).toMatch(/^1 of 1 replicas up to date/);
    expect(well.said("replication")).toContain('replicas: "all"');

    const asked = await examine({ REDIS_URL: replica.url });
    expect(asked).toMatchObject({ code: 1, notOk: { replication: "problem", commands: "problem" } });
    expect(asked.said("commands")).toContain("use the primary's URL");

    replica.freeze();
    const isLate = async () => expect(await admin.info("replication")).toMatch(/lag=1[1-9]/);
    await vi.waitFor(isLate, { timeout: 25_000, interval: 200 });
    const late = await examine({ REDIS_URL: primary.url });
    expect(late.state("replication")).toBe("warning");
    expect(late.said("replication")).toMatch(/^0 of 1 replicas/);
    replica.thaw();
  }, 60_000);
});

describe("what the server doesn't let it do", () => {
  const allowed = (...rules: string[]) => ["--user", "shop", "on", ">pass", "~rwt:*", ...rules];
  const urlOf = ({ port }: RedisServer) => `redis://shop:pass@127.0.0.1:${port}`;

  const NAMED = RIGHTS.service.map((name) => `+${name}`);

  test("without CONFIG and INFO it could not find out, and that is no failure, not strictly either", async () => {
    const redis = await ownRedis({ args: allowed(...NAMED) });
    const report = await examine({ REDIS_URL: urlOf(redis) }, ["--strict"]);
    expect(report).toMatchObject({ code: 0, ok: true });
    expect(report.notOk).toEqual(
      Object.fromEntries(
        ["version", "eviction", "memory", "persistence", "replication"].map((name) => [name, "unknown"]),
      ),
    );
    expect(report.said("commands")).toBe(
      "every operation of a service works; the option replicas would need +wait +info; watch() and cache on node-redis would need +client|tracking; one-time tokens would need +getdel → ",
    );
  });

  test("without TIME, which no category of commands has, stolen tokens end no session: a problem", async () => {
    const redis = await ownRedis({ args: allowed("+@read", "+@write", "+@scripting", "+ping") });
    const report = await examine({ REDIS_URL: urlOf(redis) });
    expect(report).toMatchObject({ code: 1, notOk: { commands: "problem", clock: "unknown" } });
    expect(report.said("commands")).toMatch(
      /^the ACL user lacks \+time, so reuse of a rotated token doesn't/,
    );
    expect(report.said("clock")).toMatch(
      /^could not find out: TIME is refused \(auth, NOPERM\): .*reuse of a rotated token/,
    );
  });

  test("without CONFIG alone, INFO tells most of it", async () => {
    const redis = await ownRedis({ args: allowed("+@all", "-config") });
    expect((await examine({ REDIS_URL: urlOf(redis) })).notOk).toEqual({ persistence: "unknown" });
  });

  test("without commands that services need, which it names, with the operations that fail", async () => {
    const redis = await ownRedis({ args: allowed("+@all", "-getex", "-eval", "-evalsha") });
    const report = await examine({ REDIS_URL: urlOf(redis) });
    expect(report).toMatchObject({ code: 1, notOk: { commands: "problem" } });
    expect(report.said("commands")).toMatch(
      /^the ACL user lacks \+getex \+eval \+evalsha, so these operations fail: sign with a subject \(auth, NOPERM\), sliding verify \(auth, NOPERM\)/,
    );
    // Nothing is said of what it couldn't try, for want of a session with a subject.
    expect(report.said("commands")).not.toMatch(/wrong result|rotate/);
  });

  test.each(RIGHTS.service.filter((name) => name !== "ping"))("without %s, which it names", async (name) => {
    const redis = await ownRedis({ args: allowed("+@all", `-${name}`) });
    const report = await examine({ REDIS_URL: urlOf(redis) });
    expect(report).toMatchObject({ code: 1, notOk: { commands: "problem" } });
    expect(report.said("commands")).toMatch(new RegExp(`^the ACL user lacks \\+${name}, `));
  });

  test("not even PING: the connection says so, and what the user needs", async () => {
    const redis = await ownRedis({ args: allowed("+get") });
    const report = await examine({ REDIS_URL: urlOf(redis) });
    expect(report).toMatchObject({ code: 1, notOk: { connection: "problem" } });
    expect(report.said("connection")).toMatch(/NOPERM.* → .*ACL SETUSER <user> ~rwt:\* \+ping /);
  });

  test("where the keys are others' than the prefix's", async () => {
    const REDIS_URL = urlOf(await ownRedis({ args: allowed("+@all") }));
    expect((await examine({ REDIS_URL })).state("commands")).toBe("ok");
    const other = await examine({ REDIS_URL }, ["--prefix", "app:"]);
    expect(other.state("commands")).toBe("problem");
    expect(other.said("commands")).toMatch(/^the ACL user has no right to the keys app:\*.* → .* ~app:\* /);
  });

  test("a cluster's nodes, each of which has some of the slots", async () => {
    const { servers } = await ownCluster();
    const reports = await Promise.all(servers.map(({ url }) => examine({ REDIS_URL: url })));
    expect(reports.map(({ code }) => code)).toEqual([0, 0, 0]);
    // With sessions in slots of its own, each does all that services ask.
    expect(reports.map(({ state }) => state("commands"))).toEqual(["ok", "ok", "ok"]);
    for (const { url } of servers) expect(await adminOf({ url } as RedisServer).dbsize()).toBe(0);
  }, 120_000);
});
