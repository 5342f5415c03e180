/** Writes types as TypeScript does. */
import type { Callable, Members, Method, Param, Property, Type, TypeParam } from "./deno-doc.ts";

export function printType(type: Type): string {
  switch (type.kind) {
    case "keyword":
    case "this":
      return type.repr;
    case "literal":
      return type.value.kind === "string" ? JSON.stringify(type.repr) : type.repr;
    case "typeRef":
      return type.value.typeName + angled(type.value.typeParams?.map(printType));
    case "union":
      return type.value.map(printType).join(" | ");
    case "intersection":
      return type.value.map(printType).join(" & ");
    case "tuple":
      return `[${type.value.map(printType).join(", ")}]`;
    case "array":
      return `${printType(type.value)}[]`;
    case "parenthesized":
      return `(${printType(type.value)})`;
    case "rest":
      return `...${printType(type.value)}`;
    case "optional":
      return `${printType(type.value)}?`;
    case "typeOperator":
      return `${type.value.operator} ${printType(type.value.tsType)}`;
    case "indexedAccess":
      return `${printType(type.value.objType)}[${printType(type.value.indexType)}]`;
    case "infer":
      return `infer ${printTypeParam(type.value.typeParam)}`;
    case "conditional": {
      const { checkType, extendsType, trueType, falseType } = type.value;
      return `${printType(checkType)} extends ${printType(extendsType)} ? ${printType(trueType)} : ${printType(falseType)}`;
    }
    case "fnOrConstructor":
      return `${printCall(type.value)} => ${printType(type.value.tsType)}`;
    case "typeLiteral":
      return `{ ${printMembers(type.value).join("; ")} }`;
    default:
      throw new Error(`the reference can't write this type yet: ${JSON.stringify(type)}`);
  }
}

/** Type parameters and parameters, as before a `:` or a `=>`. */
export const printCall = ({ params, typeParams }: Callable): string =>
  `${printTypeParams(typeParams)}(${params.map((param) => printParam(param)).join(", ")})`;

export const printTypeParams = (params: readonly TypeParam[] | undefined): string =>
  angled(params?.map(printTypeParam));

function printTypeParam({ name, constraint, default: fallback }: TypeParam): string {
  const bound = constraint === undefined ? "" : ` extends ${printType(constraint)}`;
  return name + bound + (fallback === undefined ? "" : ` = ${printType(fallback)}`);
}

function printParam(param: Param, optional = false): string {
  if (param.kind === "assign") return printParam(param.left, true);
  if (param.kind === "rest") return `...${printParam({ ...param.arg, ...typed(param.tsType) } as Param)}`;
  const mark = optional || (param.kind === "identifier" && param.optional) ? "?" : "";
  const type = param.tsType === undefined ? "" : `: ${printType(param.tsType)}`;
  return `${paramName(param)}${mark}${type}`;
}

const typed = (tsType: Type | undefined) => (tsType === undefined ? {} : { tsType });

/** A parameter that is taken apart at once has no name of its own: these are options. */
const paramName = (param: Param): string => (param.kind === "identifier" ? param.name : "options");

/** Without `readonly`, which nearly all have, and without the `undefined` that each optional one allows. */
export function printProperty({ name, optional, tsType }: Property): string {
  return optional ? `${name}?: ${printType(withoutUndefined(tsType))}` : `${name}: ${printType(tsType)}`;
}

function withoutUndefined(type: Type): Type {
  if (type.kind !== "union") return type;
  const [first, ...more] = type.value.filter((one) => !(one.kind === "keyword" && one.repr === "undefined"));
  if (first === undefined) return type;
  return more.length === 0 ? bare(first) : { kind: "union", value: [first, ...more] };
}

const bare = (type: Type): Type => (type.kind === "parenthesized" ? type.value : type);

export function printMethod(method: Method): string {
  const result = method.returnType === undefined ? "void" : printType(method.returnType);
  return `${method.name}${method.optional ? "?" : ""}${printCall(method)}: ${result}`;
}

function printMembers(members: Members): readonly string[] {
  const { properties = [], methods = [], callSignatures = [], indexSignatures = [] } = members;
  return [
    ...callSignatures.map((call) => `${printCall(call)}: ${printType(call.tsType)}`),
    ...indexSignatures.map(
      ({ params, tsType }) =>
        `[${params.map((param) => printParam(param)).join(", ")}]: ${printType(tsType)}`,
    ),
    ...properties.map(printProperty),
    ...methods.map(printMethod),
  ];
}

const angled = (parts: readonly string[] | undefined): string =>
  parts === undefined || parts.length === 0 ? "" : `<${parts.join(", ")}>`;

/** The names of the types that a type is made of, each once. */
export function namesIn(value: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  JSON.stringify(value, (key, part) => {
    if (key === "jsDoc") return;
    if (part?.kind === "typeRef") names.add(part.value.typeName);
    return part;
  });
  return names;
}
