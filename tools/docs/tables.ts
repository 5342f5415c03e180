/**
 * Fills the tables of options and errors in docs from the comments in src, and that of glue lines from the examples: `npm run
 * docs:tables`. With `--check`, says whether they are up to date. A page has a pair of markers for each: `<!-- options
 * SignOptions from redis-web-token -->`, `<!-- errors -->` or `<!-- glue -->`, and `<!-- end -->`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../entries.ts";
import { countGlue } from "../glue/count.ts";
import { appsIn, codeIn } from "../glue/parse.ts";
import { writtenPages } from "./markdown.ts";
import { type Entry, readEntries } from "./reference/catalog.ts";
import type { Declaration, JsDoc, Type } from "./reference/deno-doc.ts";
import { defaultValue } from "./reference/prose.ts";
import { writeOrCheck } from "./written.ts";

/** Every call takes it, so no table of options names it. */
const EVERYWHERE = "signal";

const entries = readEntries();

/** An entry may extend what another one exports. */
function declarationOf(name: string, entry: Entry): Declaration {
  const found = [entry, ...entries].flatMap(({ exports }) => exports).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no entry exports ${name}`);
  return found.declarations[0];
}

function entryNamed(name: string): Entry {
  const entry = entries.find((each) => each.name === name);
  if (entry === undefined) throw new Error(`there is no entry ${name}`);
  return entry;
}

/** A row of a table: a property, or a method of an interface that callers implement. */
interface Option {
  readonly name: string;
  readonly jsDoc?: JsDoc;
}

/** The properties of an interface, its parents' too; those of an object type. */
function optionsOf(declaration: Declaration, entry: Entry): readonly Option[] {
  if (declaration.kind === "typeAlias") return propertiesIn(declaration.def.tsType, entry);
  if (declaration.kind !== "interface") throw new Error(`a table of a ${declaration.kind}`);
  const { properties = [], methods = [], extends: parents = [] } = declaration.def;
  const own: readonly Option[] = [...properties, ...methods].sort(
    (a, b) => a.location.byteIndex - b.location.byteIndex,
  );
  const names = own.map(({ name }) => name);
  const inherited = parents.flatMap((parent) => propertiesIn(parent, entry));
  return [...own, ...inherited.filter(({ name }) => !names.includes(name))];
}

function propertiesIn(type: Type, entry: Entry): readonly Option[] {
  if (type.kind === "intersection") return type.value.flatMap((part) => propertiesIn(part, entry));
  if (type.kind === "typeLiteral") return type.value.properties ?? [];
  if (type.kind !== "typeRef") throw new Error(`a table of a type that is a ${type.kind}`);
  const { typeName, typeParams: [first, second] = [] } = type.value;
  if (typeName !== "Omit" || first === undefined) return optionsOf(declarationOf(typeName, entry), entry);
  const omitted = JSON.stringify(second);
  return propertiesIn(first, entry).filter(({ name }) => !omitted.includes(`"${name}"`));
}

function optionTable(name: string, entry: Entry): string {
  const rows = optionsOf(declarationOf(name, entry), entry)
    .filter((option) => option.name !== EVERYWHERE)
    .map(({ name: option, jsDoc }) => [`\`${option}\``, defaultOf(jsDoc), firstParagraph(jsDoc)]);
  const hasDefaults = rows.some(([, value]) => value !== "");
  return hasDefaults
    ? table(["option", "default", "what it does"], rows)
    : table(
        ["option", "what it does"],
        rows.map(([option = "", , text = ""]) => [option, text]),
      );
}

function defaultOf({ tags = [] }: JsDoc = {}): string {
  const tag = tags.find(({ value }) => value?.startsWith("@default "));
  return tag?.value === undefined ? "" : defaultValue(tag.value.slice("@default ".length));
}

const firstParagraph = ({ doc = "" }: JsDoc = {}): string =>
  (doc.split(/\n\s*\n|\n@/)[0] ?? "")
    .replaceAll(/\{@link (\w+)\}/g, "`$1`")
    .replaceAll("\n", " ")
    .trim()
    .replace(/\.$/, "");

/** The error classes, in the order of the source. Their codes are read from there, since `deno doc` shows only `string`. */
function errorTable(): string {
  const entry = entryNamed("redis-web-token");
  const source = readFileSync(join(root, "src/errors.ts"), "utf8");
  const rows = source.split(/^export class /m).flatMap((text) => {
    const name = /^\w+/.exec(text)?.[0] ?? "";
    const codes = new Set(
      [...text.matchAll(/^ .*"(ERR_RWT_\w+)"/gm)].flatMap(([line]) => line.match(/ERR_RWT_\w+/g) ?? []),
    );
    if (!text.includes(" code") || !/^\w+ extends/.test(text) || codes.size === 0) return [];
    const shown = [...codes].map((code) => `\`${code}\``).join(", ");
    return [[`\`${name}\``, shown, firstParagraph(declarationOf(name, entry).jsDoc)]];
  });
  return table(["class", "`code`", "when"], rows);
}

function glueTable(): string {
  const rows = appsIn(join(root, "examples")).map((name) => {
    const { glue, rotation, setUp, imports } = countGlue(codeIn(join(root, "examples", name)));
    const link = `[${name}](../../examples/${name})`;
    return [link, ...[glue, rotation, setUp, imports].map(({ length }) => String(length))];
  });
  return table(["example", "glue lines", "to rotate", "set-up", "imports"], rows);
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`)
    .join("");

const MARKED = /^(<!-- (options|errors|glue)(?: (\w+) from ([\w/-]+))? -->\n)[\s\S]*?^(<!-- end -->)$/gm;

const filled = writtenPages.map(({ path, text }): [string, string] => [
  path,
  text.replaceAll(MARKED, (_, begin: string, kind: string, name = "", entry = "", end: string) => {
    const contents = {
      options: () => optionTable(name, entryNamed(entry)),
      errors: errorTable,
      glue: glueTable,
    };
    return `${begin}\n${contents[kind as keyof typeof contents]()}\n${end}`;
  }),
]);

writeOrCheck(new Map(filled), "npm run docs:tables");
