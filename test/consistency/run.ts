/** `npm run check:consistency -- --pairs 100000`: counts wrong answers of replicas that lag, and prints them as a table. */
import { parseArgs } from "node:util";
import { startEnvironment, type Transport } from "./environment.ts";
import { type Count, runPairs } from "./pairs.ts";
import { WAYS } from "./ways.ts";

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "10000" },
    lag: { type: "string", default: "500" },
    workers: { type: "string" },
    /** HTTP or TCP alone. */
    only: { type: "string" },
    /** Names of WAYS, several times if need be. */
    way: { type: "string", multiple: true },
  },
});
const [pairs, lag] = [Number(values.pairs), Number(values.lag)];
const transports = (["HTTP", "TCP"] as const).filter((each) => (values.only ?? each) === each);
/** Many over HTTP, where each waits for its answer, and fewer over TCP, where each has a connection. */
const workersOf = (transport: Transport): number =>
  Number(values.workers ?? (transport === "HTTP" ? 128 : 64));

const shown = ({ pairs, wrong, failed }: Count): string =>
  pairs === 0 ? "–" : `${wrong} of ${pairs}${failed > 0 ? `, ${failed} failed` : ""}`;

console.log(`Two replicas that lag by ${lag} ms, ${pairs} pairs for each line\n`);
console.log("| over | verify | wrong after a sign | wrong after an end | seconds |");
console.log("| --- | --- | --- | --- | --- |");
let isWrong = false;
for (const transport of transports) {
  for (const way of WAYS.filter(({ name }) => values.way?.includes(name) ?? true)) {
    const environment = await startEnvironment([lag, lag]);
    const began = performance.now();
    const tally = await runPairs(environment, { transport, way, pairs, workers: workersOf(transport) });
    const seconds = Math.round((performance.now() - began) / 1000);
    const { signs, ends } = tally;
    console.log(`| ${transport} | ${way.name} | ${shown(signs)} | ${shown(ends)} | ${seconds} |`);
    if (way.name !== "plain") isWrong ||= [signs, ends].some(({ wrong, failed }) => wrong + failed > 0);
    await environment.stop();
  }
}
if (isWrong) process.exitCode = 1;
