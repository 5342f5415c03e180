/**
 * Sends random input to everything that reads input, for as long as you like:
 * `npm run fuzz -- --runs=10000000 --seed=7 --only=tokens --from=0`. It prints findings with the command that reproduces them. Turn
 * findings into tests.
 */
import { parseArgs } from "node:util";
import { fuzz, targets } from "./fuzz.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000000" },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
    only: { type: "string" },
    from: { type: "string", default: "0" },
  },
});

/** Megabytes by which the heap may grow in the second half of the run, after the memoized tokens have filled up. */
const GROWTH = 8;
const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

for (const open of targets) {
  const target = await open();
  if (values.only !== undefined && values.only !== target.name) {
    await target.close?.();
    continue;
  }
  const runs = Math.ceil(Number(values.runs) * (values.only === undefined ? target.share : 1));
  const seed = Number(values.seed);
  const from = Number(values.from);
  const start = performance.now();
  const heaps: number[] = [];
  try {
    const step = Math.ceil(runs / 10);
    for (let done = 0; done < runs; done += step) {
      await fuzz(target, { seed, from: from + done, runs: Math.min(step, runs - done) });
      heaps.push(heap());
    }
  } finally {
    await target.close?.();
  }
  const seconds = (performance.now() - start) / 1000;
  const growth = (heaps.at(-1) ?? 0) - (heaps[Math.floor(heaps.length / 2)] ?? 0);
  console.log(
    `${target.name}: ${runs.toLocaleString("en")} executions in ${seconds.toFixed(1)} s (${target.note()}), seed ${seed}, heap ${growth.toFixed(1)} MB larger`,
  );
  if (growth > GROWTH) throw new Error(`${target.name}: the heap grew by ${growth.toFixed(1)} MB`);
}
