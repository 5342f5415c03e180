/**
 * Counts the lines that an app has because of the library.
 *
 * 1. The library's names are what a file imports from `redis-web-token`, and what other files make of them and export, such as
 *    `export const auth = requestAuth(…)`.
 * 2. A mention is such a name, or a call or property that the library adds to a framework's objects, such as `reply.signIn` or
 *    `request.auth`. It counts all lines of the smallest statement, argument, parameter, decorator, or arrow function's
 *    expression that contains it.
 * 3. An `if` on the result of a mention counts, an assignment that passes it on, and whatever says `no-store`.
 * 4. A function or class is a helper for the library if other code of the app uses it, and it consists of such statements
 *    alone, or takes the result of a library's call as it is. It counts whole, and its name is one of the library's.
 *
 * Counted apart: the set-up of the service (`createRwt`, its store and features), imports, and the handler that rotates.
 */
import { isVariableDeclaration, type Node } from "typescript/unstable/ast";
import { helpersIn } from "./helpers.ts";
import { isOfRotation, nodesIn } from "./mentions.ts";
import { importsIn, libraryNames, purposeOf } from "./names.ts";
import { type Files, parse } from "./parse.ts";
import { partsOf } from "./parts.ts";
import { isModule, namesBoundBy, type Source } from "./source.ts";

/** The lines of an app, as `file:line`. */
export interface Glue {
  readonly glue: readonly string[];
  /** Of the handler that asks for the password again, and rotates. */
  readonly rotation: readonly string[];
  readonly setUp: readonly string[];
  readonly imports: readonly string[];
}

type Kind = keyof Glue;

export function countGlue(files: Files): Glue {
  const sources = [...parse(files)].map(([path, file]): Source => {
    const imported = libraryNames(file);
    return { path, file, imported, names: new Map(imported) };
  });
  // A name may reach a file over several others.
  for (let before = -1, size = 0; before !== size; ) {
    before = size;
    for (const source of sources) nameWhatIsMade(source, sources);
    size = sources.reduce((sum, { names }) => sum + names.size, 0);
  }
  const kinds = new Map<string, Kind>();
  for (const source of sources) countFile(source, sources, kinds);
  const of = (kind: Kind): readonly string[] =>
    [...kinds]
      .filter(([, found]) => found === kind)
      .map(([line]) => line)
      .sort(byPlace);
  return { glue: of("glue"), rotation: of("rotation"), setUp: of("setUp"), imports: of("imports") };
}

/** Adds the names of variables and helpers that are parts of the library, and those that a file imports from others. */
function nameWhatIsMade(source: Source, sources: readonly Source[]): void {
  const { file, imported, names, path } = source;
  for (const node of nodesIn(file)) {
    const purpose = purposeOf(node, imported, names);
    if (purpose && isVariableDeclaration(node))
      for (const name of namesBoundBy(node)) names.set(name, purpose);
  }
  for (const { from, name, local } of importsIn(file)) {
    const exporting = sources.find((other) => isModule(other.path, path, from));
    const purpose = exporting?.names.get(name);
    if (purpose) names.set(local, purpose);
  }
  for (const { name } of helpersIn(source, sources)) names.set(name, "glue");
}

/** Notes for each line of a file what it is for. Glue goes first. */
function countFile(source: Source, sources: readonly Source[], kinds: Map<string, Kind>): void {
  const { path, file, names } = source;
  const note = (node: Node, kind: Kind): void => {
    const lineOf = (position: number): number => file.text.slice(0, position).split("\n").length;
    for (let line = lineOf(node.getStart()); line <= lineOf(node.end); line++)
      kinds.set(`${path}:${line}`, kind);
  };
  for (const node of file.statements)
    if (importsIn({ statements: [node] } as never).some(({ local }) => names.has(local)))
      note(node, "imports");
  const parts = partsOf(source);
  const glue = parts.filter(({ purpose }) => purpose === "glue").map(({ unit }) => unit);
  for (const { unit, purpose } of parts) if (purpose === "set-up") note(unit, "setUp");
  for (const unit of glue) if (isOfRotation(unit)) note(unit, "rotation");
  for (const unit of glue) if (!isOfRotation(unit)) note(unit, "glue");
  for (const { node } of helpersIn(source, sources)) note(node, "glue");
}

const byPlace = new Intl.Collator("en", { numeric: true }).compare;
