import { describe, expect, test } from "vitest";
import { MUTATIONS, tryMutation, tryTruth } from "./mutation-runs.ts";

describe("the history checker", () => {
  test("finds no violation if services keep their promises", async () => {
    expect(await tryTruth(1, 2_000)).toEqual({});
  });

  test.each(Object.entries(MUTATIONS))("finds the lie %s by the rule %s", async (name, rule) => {
    expect((await tryMutation(name, 1)).found).toHaveProperty(rule);
  });
});
