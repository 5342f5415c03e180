/** Writes the pages that show the results from results.json, without a new measurement: `npm run bench:pages`. */
import { writePages } from "./lib/report.ts";
import { readResults } from "./lib/results.ts";

const results = readResults();
if (results === undefined) throw new Error("there is no bench/results.json: npm run bench writes it");
console.log(`written: ${writePages(results).join(", ")}`);
