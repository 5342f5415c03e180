/**
 * Counts the lines of each example that it has because of the library (the rule is in glue/count.ts), and those of each
 * framework's entry, without documentation and blank lines. Fails over a limit. `npm run docs:tables` writes the counts
 * into docs/frameworks/index.md. `--lines` shows the lines, and `--examples=FOLDER` counts those of another folder.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./entries.ts";
import { countGlue } from "./glue/count.ts";
import { appsIn, codeIn } from "./glue/parse.ts";

const MOST_GLUE = 12;
/** 150 before step-ups came: each entry has `reauthenticate`, and its way to require a fresh sign-in. */
const MOST_ENTRY = 175;
/** Entries for frameworks, over `redis-web-token/request` and `redis-web-token/cookies`. */
const ENTRIES = ["cookies", "express", "fastify", "nest", "next", "sveltekit"];

const { values } = parseArgs({
  options: { lines: { type: "boolean" }, examples: { type: "string", default: join(root, "examples") } },
});
const problems: string[] = [];
for (const name of appsIn(values.examples)) {
  const folder = join(values.examples, name);
  const found = countGlue(codeIn(folder));
  const { glue, rotation, setUp, imports } = found;
  console.log(
    `${name.padEnd(14)} ${glue.length} lines of glue, ${rotation.length} to rotate, ${setUp.length} of set-up, ${imports.length} imports`,
  );
  if (values.lines)
    for (const [kind, lines] of Object.entries(found))
      for (const line of lines) console.log(`  ${kind.padEnd(9)} ${line} ${lineAt(folder, line)}`);
  if (glue.length > MOST_GLUE)
    problems.push(`examples/${name} has ${glue.length} lines of glue, more than ${MOST_GLUE}`);
}

function lineAt(folder: string, place: string): string {
  const [path = "", line] = place.split(":");
  return readFileSync(join(folder, path), "utf8").split("\n")[Number(line) - 1] ?? "";
}

for (const name of ENTRIES) {
  const folder = join(root, "src", name);
  const code = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const lines =
    code
      .join("\n")
      .replaceAll(/\/\*\*[\s\S]*?\*\//g, "")
      .match(/^.*\S.*$/gm)?.length ?? 0;
  console.log(`src/${name.padEnd(10)} ${lines} lines`);
  if (lines > MOST_ENTRY) problems.push(`src/${name} has ${lines} lines, more than ${MOST_ENTRY}`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
