/**
 * Makes what is generated of src/redis/lua: the scripts with their digests, the memory store's TypeScript of them, and
 * PHP's copies. `npm run scripts`; with `--check` it says whether they are up to date.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./entries.ts";
import { compileLua } from "./lua/compile.ts";
import { expandScript, includesOf, ownText, scriptNames } from "./lua/expand.ts";

const NOTE = "// Made by `npm run scripts` of src/redis/lua: change the Lua instead.";

const isLegacy = (name: string): boolean => name.startsWith("legacy-");
const keyOf = (name: string): string => (/^\w+$/.test(name) ? name : JSON.stringify(name));
/** Generated code is not for reading, and so takes little room. */
const onOneLine = (code: string): string => code.replaceAll("\n", " ");
const digestOf = (text: string): string => createHash("sha1").update(text).digest("hex");

/** The memory store's: what the scripts share, once, and a function for each. */
function compiledScripts(): string {
  const compiled = scriptNames.filter((name) => !isLegacy(name));
  const shared = [...new Set(compiled.flatMap(includesOf))];
  const functions = compiled.map(
    (name) =>
      `${keyOf(name)}: (KEYS: readonly string[], ARGV: readonly string[]) => { ${onOneLine(compileLua(ownText(name)))} }`,
  );
  return [
    NOTE,
    'import * as lua from "./lua.ts";',
    "",
    "/** A script as a function of its keys and arguments. */",
    "export type CompiledScript = (KEYS: readonly string[], ARGV: readonly string[]) => unknown;",
    "",
    "/** The scripts by their names. @param call - runs a Redis command */",
    "export function compiledScripts(call: lua.Call): Readonly<Record<string, CompiledScript>> {",
    ...shared.map((name) => onOneLine(compileLua(ownText(`include/${name}`)))),
    `return { ${functions.join(",\n")} };`,
    "}",
    "",
  ].join("\n");
}

/** The scripts, put together from the parts that they share. */
function scriptsModule(): string {
  const shared = [...new Set(scriptNames.flatMap(includesOf))];
  const nameOf = (part: string): string => part.toUpperCase().replaceAll("-", "_");
  return [
    NOTE,
    "",
    "/** A Lua script, and its SHA-1 by which Redis knows it. */",
    "export interface Script {",
    "  readonly text: string;",
    "  readonly sha1: string;",
    "}",
    "",
    `export type ScriptName = ${scriptNames.map((name) => JSON.stringify(name)).join(" | ")};`,
    "",
    ...shared.map((part) => `const ${nameOf(part)} = ${JSON.stringify(ownText(`include/${part}`))};`),
    "",
    'const script = (sha1: string, ...parts: readonly string[]): Script => ({ sha1, text: parts.join("\\n") });',
    "",
    "export const SCRIPTS: Readonly<Record<ScriptName, Script>> = {",
    ...scriptNames.map((name) => {
      const parts = [...includesOf(name).map(nameOf), JSON.stringify(ownText(name))];
      return `  ${keyOf(name)}: script("${digestOf(expandScript(name))}", ${parts.join(", ")}),`;
    }),
    "};",
    "",
  ].join("\n");
}

/** The generated files' texts, by their paths. */
const files: ReadonlyMap<string, string> = new Map([
  ["src/redis/scripts.ts", scriptsModule()],
  ["src/stores/memory/scripts.ts", compiledScripts()],
  ...scriptNames.map((name): [string, string] => [`interop/php/lua/${name}.lua`, `${expandScript(name)}\n`]),
]);

let isUpToDate = true;
for (const [path, text] of files) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  isUpToDate = false;
  if (process.argv.includes("--check")) console.error(`${path} is not what npm run scripts makes`);
  else writeFileSync(file, text);
}
if (process.argv.includes("--check") && !isUpToDate) process.exitCode = 1;
