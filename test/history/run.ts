/**
 * Runs random operations on services in several processes while faults are injected, and judges each answer by the promises:
 * `npm run check:history -- --minutes 3 --seed 1 --config single,faults --ops 1000000`
 *
 * `--mutate R1-destroy` makes the services tell a lie, which the checker must find; `--mutate all` tries every lie.
 */
import { parseArgs } from "node:util";
import { check } from "./check.ts";
import { CONFIGURATIONS } from "./configurations.ts";
import { MUTATIONS, tryMutation } from "./mutation-runs.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    config: { type: "string", default: "single,faults" },
    ops: { type: "string" },
    mutate: { type: "string", default: process.env.MUTATE ?? "" },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new RangeError("--minutes must be a number above 0");
const seed = Number(values.seed);
if (!Number.isInteger(seed)) throw new RangeError("--seed must be a whole number");

if (values.mutate === "") await checkAll(values.config.split(","));
else await mutate(values.mutate === "all" ? Object.keys(MUTATIONS) : values.mutate.split(","));
process.exit();

async function checkAll(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const config = CONFIGURATIONS[name];
    if (config === undefined) {
      throw new RangeError(`--config must be one or more of ${Object.keys(CONFIGURATIONS).join(", ")}`);
    }
    const milliseconds = (minutes * 60_000) / names.length;
    console.log(`${name}, seed ${seed}, for ${(milliseconds / 1000).toFixed(0)} s`);
    const options = {
      seed,
      milliseconds,
      ...(values.ops !== undefined && { mostOperations: Number(values.ops) }),
    };
    const report = await check(name, config, options);
    console.log(JSON.stringify(report, undefined, 1));
    if (Object.keys(report.violations).length > 0) process.exitCode = 1;
  }
}

async function mutate(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const { found, rule, seconds } = await tryMutation(name, seed);
    const isFound = rule in found;
    console.log(
      `${name}: ${isFound ? "found" : "NOT FOUND"} in ${seconds.toFixed(1)} s (${Object.keys(found).join(", ") || "nothing"})`,
    );
    if (!isFound) process.exitCode = 1;
  }
}
