/** `npm run bench -- --check` finds the ratios that fell since they were recorded. */
import { describe, expect, test } from "vitest";
import { fallsSince, formatFall, worksWithRatios } from "../../bench/lib/regression.ts";
import { atLeast, atMost, type Check } from "../../bench/lib/section.ts";

const section = (...checks: Check[]) => ({ tables: [], checks });
const falls = (recorded: Check[], measured: Check[]): string[] =>
  fallsSince({ verify: section(...recorded) }, { verify: section(...measured) }).map(({ what }) => what);

describe("a ratio that should be high", () => {
  test.each([
    [1.0, 0.81, false],
    [1.0, 0.8, false],
    [1.0, 0.79, true],
    [2.5, 1.9, true],
    [0.5, 3, false],
  ])("recorded as %d, is it a fall at %d? %s", (recorded, measured, fell) => {
    const found = falls([atLeast("verify", 0.9, recorded)], [atLeast("verify", 0.9, measured)]);
    expect(found).toEqual(fell ? ["verify"] : []);
  });

  test("is compared even where both meet the target", () => {
    expect(falls([atLeast("verify", 0.9, 4)], [atLeast("verify", 0.9, 2)])).toEqual(["verify"]);
  });
});

describe("a ratio that should be low", () => {
  test.each([
    [1.0, 1.24, false],
    [1.0, 1.26, true],
    [1.0, 0.2, false],
  ])("recorded as %d, is it a fall at %d? %s", (recorded, measured, fell) => {
    const found = falls([atMost("http", 1.05, recorded)], [atMost("http", 1.05, measured)]);
    expect(found).toEqual(fell ? ["http"] : []);
  });
});

test("a ratio that couldn't be measured now has fallen", () => {
  expect(falls([atLeast("verify", 0.9, 1)], [atLeast("verify", 0.9, Number.NaN)])).toEqual(["verify"]);
});

test("times and counts aren't compared, since they depend on the machine", () => {
  expect(falls([atMost("forged", 6, 2, "µs")], [atMost("forged", 6, 5, "µs")])).toEqual([]);
});

test("what was recorded only, or is measured for the first time, is no fall", () => {
  expect(falls([atLeast("old", 0.9, 1)], [atLeast("new", 0.9, 0.1)])).toEqual([]);
  expect(fallsSince({}, { verify: section(atLeast("verify", 0.9, 0.1)) })).toEqual([]);
});

test("a fall is named with its benchmark and both ratios", () => {
  const [fall] = fallsSince(
    { verify: section(atLeast("verify over ioredis", 0.9, 1.1)) },
    { verify: section(atLeast("verify over ioredis", 0.9, 0.6)) },
  );
  expect(fall && formatFall(fall)).toBe("verify: verify over ioredis: 1.10 × recorded, 0.60 × now");
});

test("only benchmarks with ratios are measured", () => {
  const recorded = {
    verify: section(atLeast("verify", 0.9, 1)),
    steps: section(atMost("the longest step", 20, 5, "ms")),
    size: section(),
  };
  expect(worksWithRatios(recorded)).toEqual(["verify"]);
});
