/**
 * Tests clients of the wire format, in whatever language, each through a bridge: `npm run interop`. README.md describes the bridges.
 *
 * Without options it tests all clients of the project and with each other, and compares the table of docs/other-languages.md with
 * the result. `--write` updates the page instead. `--client "php my-bridge.php"` tests the client behind that bridge, and with
 * TypeScript; it may be given several times. `--suite matrix` runs one suite. `--json results.json` writes the results to a file. `--seconds 60` lets the history checker run longer.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startVitest } from "vitest/node";
import { withTable } from "../../test/matrix/table.ts";
import { php, python } from "../../test/support/interop.ts";
import { root } from "../../tools/entries.ts";
import { resultsOf } from "./results.ts";
import { pageTable, terminalTable } from "./table.ts";

const { values } = parseArgs({
  options: {
    client: { type: "string", multiple: true, default: [] },
    suite: { type: "string", multiple: true, default: [] },
    json: { type: "string" },
    seconds: { type: "string", default: "8" },
    write: { type: "boolean", default: false },
  },
});
const isWhole = values.client.length === 0 && values.suite.length === 0;
if (values.write && !isWhole) throw new Error("--write needs a whole run, without --client and --suite");

if (!(Number(values.seconds) > 0)) throw new RangeError("--seconds must be a number above 0");
process.env.RWT_HISTORY_SECONDS = values.seconds;
process.env.RWT_CLIENTS = JSON.stringify(values.client);
const files = values.suite.map((name) => `suites/${name}.test.ts`);
const vitest = await startVitest("test", files, {
  root,
  config: join(root, "vitest.interop.config.ts"),
  watch: false,
  reporters: ["default"],
});
const results = resultsOf(vitest.state.getTestModules());
await vitest.close();
if (results.length > 0) console.log(`\n${terminalTable(results)}`);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results));

const page = join(root, "docs/other-languages.md");
if (isWhole && (php === undefined || python === undefined)) {
  console.log("\nPHP or Python is missing, so docs/other-languages.md isn't compared: npm run setup:interop");
} else if (isWhole) {
  const before = readFileSync(page, "utf8");
  const after = withTable(before, pageTable(results), "interop");
  if (values.write) writeFileSync(page, after);
  else if (before !== after) {
    console.error("\ndocs/other-languages.md shows something else: npm run interop -- --write");
    process.exitCode = 1;
  }
}
if (results.length === 0 || results.some(({ state }) => state === "failed")) process.exitCode = 1;
// Vitest reports failures outside of tests by the exit code that it has set.
process.exit();
