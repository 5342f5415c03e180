/** The table of goals on docs/performance.md. */
import { expect, test } from "vitest";
import { goals } from "../../bench/lib/goals.ts";
import { atLeast, atMost, type Check, withGoal } from "../../bench/lib/section.ts";

const rowsOf = (...sections: readonly Check[][]) =>
  goals({
    date: "2026-11-26",
    machine: "a machine",
    load: 0,
    versions: {},
    dates: {},
    sections: Object.fromEntries(sections.map((checks, i) => [`work-${i}`, { tables: [], checks }])),
  }).rows;

test("shows what is measured now and the goal", () => {
  const check = withGoal("the library's share", "", atMost("share", 15, 12.34, "kB"));
  expect(rowsOf([check])).toEqual([["the library's share", "12.3 kB", "≤ 15.0 kB", "met"]]);
});

test("puts the checks of one goal into one row, across benchmarks, which is met only if all are", () => {
  const over = (client: string, measured: number) =>
    withGoal("verify, 64 concurrent", client, atLeast(`verify over ${client}`, 1.1, measured));
  expect(rowsOf([over("ioredis", 1.2)], [over("node-redis", 1.05)])).toEqual([
    ["verify, 64 concurrent", "1.20 × (ioredis), 1.05 × (node-redis)", "≥ 1.10 ×", "**not met**"],
  ]);
  expect(rowsOf([over("ioredis", 1.2)], [over("node-redis", 1.1)])[0]?.at(-1)).toBe("met");
});

test("leaves out checks that no goal names", () => {
  expect(rowsOf([atLeast("verify", 0.9, 1)])).toEqual([]);
});
