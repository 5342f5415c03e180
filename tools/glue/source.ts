import { posix } from "node:path";
import { isIdentifier, type Node, type SourceFile } from "typescript/unstable/ast";
import { nodesIn } from "./mentions.ts";
import type { Names } from "./names.ts";

/** A file of an app. */
export interface Source {
  readonly path: string;
  readonly file: SourceFile;
  /** What it imports from the package itself. */
  readonly imported: Names;
  readonly names: Names;
}

/** Whether a file is the module that another one imports. */
export function isModule(path: string, importer: string, from: string): boolean {
  const bare = (name: string): string => name.replace(/\.tsx?$/, "");
  if (from.startsWith(".")) return bare(path) === bare(posix.join(posix.dirname(importer), from));
  return from.startsWith("#") && bare(path).endsWith(bare(from.slice(1)));
}

export const namesBoundBy = (declaration: Node & { readonly name: Node }): readonly string[] =>
  nodesIn(declaration.name).flatMap((node) => (isIdentifier(node) ? node.text : []));
