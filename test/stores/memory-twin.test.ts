/** The memory store runs the scripts that Redis runs, compiled: this compares the two, step by step. */
import fc from "fast-check";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { command, type RedisCommand, type ScriptCall } from "../../src/redis/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { valueAt } from "../token/stored.ts";
import { INDEX, PERSON, SESSIONS, type Step, steps } from "./twin-steps.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
atEnd(() => admin.quit());
const real = ioredisStore(admin);

/** A second went by while both were to run in the same one. */
class SecondPassed extends Error {}

/** Redis's time in whole seconds, early enough in the second. */
async function second(): Promise<number> {
  for (;;) {
    const [seconds, micros] = (await admin.time()).map(Number) as [number, number];
    if (micros < 800_000) return seconds;
    await new Promise((resolve) => setTimeout(resolve, 1_000 - micros / 1_000));
  }
}

/** RESP3 gives members and scores in pairs. */
const flat = (reply: unknown): unknown => (Array.isArray(reply) ? reply.flat() : reply);

/** A reply, or an error's reason. */
async function outcomeOf(store: TokenStore, call: RedisCommand | ScriptCall): Promise<unknown> {
  try {
    const reply = await store.run(call);
    return "script" in call ? reply : flat(reply);
  } catch (error) {
    return { failed: (error as { reason?: string }).reason ?? String(error) };
  }
}

/** All that there is: values, the index, and times to live to within a second and a half. */
async function stateOf(store: TokenStore): Promise<{ values: unknown[]; lives: number[] }> {
  const values = await Promise.all([...SESSIONS, PERSON].map((key) => valueAt(store, key)));
  const index = await store.run({
    name: "ZRANGE",
    keys: [INDEX],
    args: ["ZRANGE", INDEX, "0", "99", "REV", "WITHSCORES"],
    write: false,
  });
  const keys = [...SESSIONS, PERSON, INDEX];
  const lives = keys.map((key) =>
    store.run({ name: "PTTL", keys: [key], args: ["PTTL", key], write: false }),
  );
  return { values: [...values, flat(index)], lives: (await Promise.all(lives)).map(Number) };
}

/** What an update compares, as the session and its person now are. */
async function seenIn(session: string): Promise<string> {
  const [value, person] = [(await admin.get(session)) ?? "", (await admin.get(PERSON)) ?? ""];
  return `${value.slice(64, 72)} ${person.slice(2, 13)} ${person.slice(14, 22)}`;
}

/** What came of the scripts. */
const outcomes = new Set<string>();

/** What has to come of them, or the steps don't reach what they are to compare. */
const OUTCOMES = [
  ...["created", "taken", "full", "limit", '{"failed":"reply"}'].map((what) => `sign: ${what}`),
  ...["rotated", "reuse", "late", "ended", '{"failed":"encrypted"}'].map((what) => `rotate: ${what}`),
  ...["live", "late", "ended"].map((what) => `older: ${what}`),
  ...["0", "1", "2"].map((what) => `update: ${what}`),
  ...["0", "1", "2", '{"failed":"encrypted"}'].map((what) => `update-all: ${what}`),
  ...["use", "extend", "destroy", "destroy-all", "clean"].flatMap((script) => [
    `${script}: 0`,
    `${script}: 1`,
  ]),
];

function note(call: RedisCommand | ScriptCall, outcome: unknown): void {
  if (!("script" in call) || call.script === "slide") return;
  const [first] = [outcome].flat();
  const what = typeof first === "object" ? JSON.stringify(first) : String(first);
  outcomes.add(`${call.script}: ${what}`);
}

/** A first sign's epoch depends on the microseconds of Redis's time. */
const masked = (values: readonly unknown[]): unknown[] =>
  values.map((value) =>
    typeof value === "string" ? value.replace(/^1 (\d{10} )?[\w-]{11} /, "1 $1epoch ") : value,
  );

/** Gives the memory store Redis's values, so that both go on alike. */
async function copyValues(memory: TokenStore): Promise<void> {
  for (const key of [...SESSIONS, PERSON]) {
    const value = await valueAt(real, key);
    if (value !== null) await memory.run(command("SET", [key], [value, "XX", "KEEPTTL"]));
  }
}

async function compare(all: readonly Step[]): Promise<void> {
  await admin.flushall();
  let now = 0;
  const memory = memoryStore({ now: () => now });
  for (const step of all) {
    now = await second();
    const call = "plain" in step ? step.plain : step.call(now, await seenIn(step.session));
    const expected = await outcomeOf(real, call);
    note(call, expected);
    if (Number((await admin.time())[0]) !== now) throw new SecondPassed();
    expect(await outcomeOf(memory, call), JSON.stringify(call)).toEqual(expected);
    const [theirs, ours] = [await stateOf(real), await stateOf(memory)];
    if ("script" in call && call.script === "sign" && theirs.values.at(-2) !== ours.values.at(-2)) {
      expect(masked(ours.values), JSON.stringify(call)).toEqual(masked(theirs.values));
      await copyValues(memory);
    } else expect(ours.values, JSON.stringify(call)).toEqual(theirs.values);
    for (const [i, life] of theirs.lives.entries())
      expect(Math.abs((ours.lives[i] ?? 0) - life), `life ${i} after ${JSON.stringify(call)}`).toBeLessThan(
        1_500,
      );
  }
}

test("any commands and scripts, in any order, do and answer in memory what they do in Redis", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      for (let attempt = 0; ; attempt++) {
        try {
          return await compare(all);
        } catch (error) {
          if (!(error instanceof SecondPassed) || attempt === 5) throw error;
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(OUTCOMES.filter((name) => !outcomes.has(name))).toEqual([]);
}, 120_000);
