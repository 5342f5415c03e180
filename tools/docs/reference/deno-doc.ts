/** The output of `deno doc --json` for a module, as far as the reference needs it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../entries.ts";

export interface Tag {
  readonly kind: string;
  readonly name?: string;
  readonly doc?: string;
  /** The tag itself, where Deno doesn't know its kind: `@default 5`. */
  readonly value?: string;
}

export interface JsDoc {
  readonly doc?: string;
  readonly tags?: readonly Tag[];
}

export type Type =
  | { readonly kind: "keyword" | "this"; readonly repr: string }
  | { readonly kind: "literal"; readonly repr: string; readonly value: { readonly kind: string } }
  | {
      readonly kind: "typeRef";
      readonly value: { readonly typeName: string; readonly typeParams?: readonly Type[] };
    }
  | { readonly kind: "union" | "intersection" | "tuple"; readonly value: readonly Type[] }
  | { readonly kind: "array" | "parenthesized" | "rest" | "optional"; readonly value: Type }
  | { readonly kind: "typeOperator"; readonly value: { readonly operator: string; readonly tsType: Type } }
  | { readonly kind: "indexedAccess"; readonly value: { readonly objType: Type; readonly indexType: Type } }
  | { readonly kind: "infer"; readonly value: { readonly typeParam: TypeParam } }
  | { readonly kind: "conditional"; readonly value: Conditional }
  | { readonly kind: "fnOrConstructor"; readonly value: Callable & { readonly tsType: Type } }
  | { readonly kind: "typeLiteral"; readonly value: Members };

interface Conditional {
  readonly checkType: Type;
  readonly extendsType: Type;
  readonly trueType: Type;
  readonly falseType: Type;
}

export interface TypeParam {
  readonly name: string;
  readonly constraint?: Type;
  readonly default?: Type;
}

export type Param =
  | { readonly kind: "identifier"; readonly name: string; readonly optional: boolean; readonly tsType?: Type }
  | { readonly kind: "object"; readonly tsType?: Type }
  | { readonly kind: "rest"; readonly arg: Param; readonly tsType?: Type }
  | { readonly kind: "assign"; readonly left: Param };

export interface Callable {
  readonly params: readonly Param[];
  readonly typeParams?: readonly TypeParam[];
}

interface Member {
  readonly name: string;
  readonly optional?: boolean;
  readonly jsDoc?: JsDoc;
  readonly location: Location;
  readonly isOverride?: boolean;
}

export interface Property extends Member {
  readonly tsType: Type;
}

export interface Method extends Member, Callable {
  /** How a class's method is called. */
  readonly functionDef?: Callable;
  readonly returnType?: Type;
}

export interface Members {
  readonly properties?: readonly Property[];
  readonly methods?: readonly Method[];
  readonly callSignatures?: readonly (Callable & { readonly tsType: Type })[];
  readonly indexSignatures?: readonly (Callable & { readonly tsType: Type })[];
}

export interface Location {
  readonly filename: string;
  readonly byteIndex: number;
}

export type Declaration = { readonly jsDoc?: JsDoc; readonly location: Location } & (
  | { readonly kind: "function"; readonly def: FunctionDef }
  | { readonly kind: "class"; readonly def: ClassDef }
  | { readonly kind: "interface"; readonly def: Members & Generic & { readonly extends?: readonly Type[] } }
  | { readonly kind: "typeAlias"; readonly def: Generic & { readonly tsType: Type } }
  | { readonly kind: "variable"; readonly def: { readonly tsType: Type } }
);

interface FunctionDef extends Callable {
  readonly returnType: Type;
  readonly hasBody?: boolean;
}

interface Generic {
  readonly typeParams?: readonly TypeParam[];
}

export interface ClassDef extends Members, Generic {
  readonly extends?: string;
  readonly constructors?: readonly Callable[];
}

export interface Sym {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}

export interface Module {
  readonly module_doc?: JsDoc;
  readonly symbols: readonly Sym[];
}

/** Reads the documentation of a module's exports. */
export function denoDoc(path: string): Module {
  const { status, stdout, stderr } = spawnSync(
    join(root, "node_modules/.bin/deno"),
    ["doc", "--json", "--no-remote", path],
    { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`deno doc ${path} failed: ${stderr}`);
  const { nodes } = JSON.parse(stdout) as { readonly nodes: Readonly<Record<string, Module>> };
  const module = nodes[pathToFileURL(join(root, path)).href];
  if (module === undefined) throw new Error(`deno doc told nothing of ${path}`);
  return module;
}
