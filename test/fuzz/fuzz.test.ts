import { describe, expect, test } from "vitest";
import { fuzz, targets } from "./fuzz.ts";
import { expectThat, type Target } from "./target.ts";

/** Executions of a target with a share of 1, which take some seconds in total. `npm run fuzz` runs more. */
const RUNS = 40_000;
const SEED = 1;

describe("random input breaks no promise", async () => {
  for (const open of targets) {
    const target = await open();
    const runs = Math.ceil(RUNS * target.share);
    test(`${target.name}, ${runs} executions`, { timeout: 120_000 }, async () => {
      try {
        await fuzz(target, { seed: SEED, from: 0, runs });
      } finally {
        await target.close?.();
      }
    });
  }
});

describe("a broken promise", () => {
  const target: Target = {
    name: "planted",
    share: 1,
    note: () => "",
    async execute(random) {
      expectThat(random.below(1000) !== 7, "seven never comes", "seven");
    },
  };
  const found = (stretch: Parameters<typeof fuzz>[1]) =>
    fuzz(target, stretch).then(
      () => "nothing",
      (error: Error) => error.message,
    );

  test("is reported with its input, and with a command that reproduces it", async () => {
    const message = await found({ seed: SEED, from: 0, runs: 20_000 });
    const [, seed, from] =
      /^seven never comes\ninput: "seven"\nagain: npm run fuzz -- --only=planted --seed=(\d+) --from=(\d+) --runs=1$/.exec(
        message,
      ) ?? [];
    const again = { seed: Number(seed), from: Number(from), runs: 1 };
    expect(await found(again)).toBe(message);
    expect(await found({ ...again, from: again.from + 1 })).toBe("nothing");
  });
});
