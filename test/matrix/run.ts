/**
 * Publishes the package to local registries, installs it as users do, runs the suites in every runtime that docs/runtimes.md names,
 * and compiles the type tests with every TypeScript that it names. Prints a table, and compares it with the page's. `--write`
 * updates the page instead. `--only=Deno` runs the rows whose names contain that, and compares nothing. `--without=origin` takes a
 * protection out of the package first, and passes if the examples' rows that check it turn red.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { root } from "../../tools/entries.ts";
import { startRedisServer } from "../../tools/redis-server.ts";
import { startJsrRegistry } from "../doubles/registries/jsr.ts";
import { startNpmRegistry } from "../doubles/registries/npm.ts";
import { startRestServer } from "../doubles/rest-server/server.ts";
import { bin } from "../support/bin.ts";
import { closeBrowser } from "./browser-flow.ts";
import { type Compilation, compileTypeTests } from "./compilers.ts";
import { type ExampleRow, exampleRows } from "./example-rows.ts";
import { nextRows } from "./next-rows.ts";
import { npmProject } from "./projects.ts";
import type { Row } from "./row.ts";
import { makeRows } from "./rows.ts";
import {
  exampleTable,
  hasPassedAll,
  isGreen,
  type Outcome,
  pageTable,
  terminalTable,
  withTable,
} from "./table.ts";
import { haveAllCaught, type Protection, packageWithout, protectionNamed, withoutTable } from "./without.ts";

const run = promisify(execFile);
const { values } = parseArgs({
  options: { write: { type: "boolean" }, only: { type: "string" }, without: { type: "string" } },
});
const protection = values.without === undefined ? undefined : protectionNamed(values.without);

async function outcomeOf(row: Row | ExampleRow): Promise<Outcome> {
  const redis = await startRedisServer();
  const rest = await startRestServer({ redisUrl: redis.url });
  const began = performance.now();
  const target = { REDIS_URL: redis.url, REST_URL: rest.url, REST_TOKEN: rest.token };
  let version = "?";
  try {
    const results = [await row.run(target, redis)].flat();
    version = await row.version();
    return { runtime: row.name, version, results };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { runtime: row.name, version, results: [], error: message };
  } finally {
    console.error(`${row.name} took ${((performance.now() - began) / 1000).toFixed(1)} s`);
    await rest.close();
    await redis.stop();
  }
}

async function publish(registry: string, source: string): Promise<void> {
  const args = [
    "publish",
    "--ignore-scripts",
    `--registry=${registry}`,
    `--${registry.slice(5)}/:_authToken=none`,
  ];
  await run("npm", args, { cwd: source });
}

const folder = mkdtempSync(join(tmpdir(), "rwt-matrix-"));
const npm = await startNpmRegistry();
const jsr = await startJsrRegistry();
const registries = { npm: npm.url, jsr: jsr.url };
const isWanted = ({ name }: { readonly name: string }): boolean => name.includes(values.only ?? "");
const outcomes: Outcome[] = [];
const examples: Outcome[] = [];
const compilations: Compilation[] = [];

async function runAll(): Promise<void> {
  await publish(npm.url, root);
  await run(bin("deno"), ["publish", "--token=none", "--allow-dirty", "--no-provenance", "--no-check"], {
    cwd: root,
    env: { ...process.env, JSR_URL: `${jsr.url}/` },
  });
  console.error(`published ${[...npm.published, ...jsr.published].join(", ")} to registries on this machine`);
  const project = await npmProject(join(folder, "npm"), registries);
  for (const row of makeRows(folder, registries, project).filter(isWanted))
    outcomes.push(await outcomeOf(row));
  for (const row of exampleRows(folder, registries).filter(isWanted)) examples.push(await outcomeOf(row));
  if (values.only === undefined) compilations.push(...(await compileTypeTests(project)));
}

/** Runs the frameworks' rows that check a protection, on the package without it. */
async function runWithout(missing: Protection): Promise<boolean> {
  await publish(npm.url, await packageWithout(missing, folder));
  const rows = [...nextRows(folder, registries, true), ...exampleRows(folder, registries)];
  for (const row of rows.filter((each) => isWanted(each) && !missing.frameworks?.test(each.name)))
    examples.push(await outcomeOf(row));
  console.log(withoutTable(examples));
  return haveAllCaught(examples);
}

try {
  if (protection !== undefined) process.exitCode = (await runWithout(protection)) ? 0 : 1;
  else await runAll();
} finally {
  await closeBrowser();
  npm.close();
  jsr.close();
  rmSync(folder, { recursive: true, force: true });
}
if (protection !== undefined) process.exit();

console.log(`\n${terminalTable(outcomes)}\n\n${exampleTable(examples)}\n`);
for (const { compiler, errors } of compilations)
  console.log(`${errors === "" ? "ok" : "FAILED"}  ${compiler}\n${errors}`.trim());
for (const { runtime, error, results } of [...outcomes, ...examples]) {
  if (error !== undefined) console.error(`${runtime}: ${error}\n`);
  for (const { store, failures } of results)
    for (const failure of failures) console.error(`${runtime}, ${store}: ${failure}`);
}

/** Writes a page's table, or says that it is out of date. */
function isUpToDate(path: string, table: string): boolean {
  if (values.only !== undefined) return true;
  const file = join(root, path);
  const page = readFileSync(file, "utf8");
  const written = withTable(page, table);
  if (values.write) writeFileSync(file, written);
  else if (written !== page)
    console.error(`the table of ${path} says something else: npm run matrix -- --write`);
  return values.write === true || written === page;
}

const areTablesRight = [
  isUpToDate("docs/runtimes.md", pageTable(outcomes)),
  isUpToDate("docs/frameworks/index.md", exampleTable(examples)),
].every(Boolean);
const allGreen =
  outcomes.every(isGreen) &&
  examples.every(hasPassedAll) &&
  compilations.every(({ errors }) => errors === "");
process.exit(outcomes.length + examples.length > 0 && allGreen && areTablesRight ? 0 : 1);
