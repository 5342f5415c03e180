/** The markdown page of an entry. */

import { type Catalog, type Entry, type Export, inOrder, KINDS } from "./catalog.ts";
import type { Declaration, JsDoc, Method, Property, Tag } from "./deno-doc.ts";
import { namesIn, printProperty } from "./print-type.ts";
import { defaultValue, prose, wrap, wrapCode } from "./prose.ts";
import { classProperty, methodSignature, signature } from "./signature.ts";

/** Puts code in a fence, or stands for one until the code is formatted. */
export type Fence = (code: string) => string;

export const NOTICE = "<!-- Made from the comments in src by `npm run docs:reference`: change those. -->";

export function entryPage(entry: Entry, catalog: Catalog, fence: Fence): string {
  const own = catalog.exportsAtHome(entry);
  const foreign = inOrder(entry.exports.filter((one) => !own.includes(one)));
  const write = exportWriter(entry, catalog, fence);
  const parts = [NOTICE, `# ${entry.name}`, write.text(entry.doc.doc ?? "")];
  for (const [kind, title] of Object.entries(KINDS)) {
    const found = own.filter(({ declarations }) => declarations[0].kind === kind);
    if (found.length > 0) parts.push(`## ${title}`, ...found.map(write.section));
  }
  if (foreign.length > 0) {
    const links = foreign.map(({ name }) => write.link(name));
    parts.push("## Also exported here", wrap(`${links.join(", ")}.`));
  }
  return `${sections(...parts)}\n`;
}

function exportWriter(entry: Entry, { linkTo }: Catalog, fence: Fence) {
  const link = (name: string): string => {
    const target = linkTo(name, entry);
    return target === undefined ? `\`${name}\`` : `[\`${name}\`](${target})`;
  };

  const text = (doc: string, indent = ""): string =>
    prose(
      doc.replace(/\{@link (\w+)\}/g, (_, name: string) => link(name)),
      indent,
    );

  const errors = (doc: string): string => doc.replace(/(?<!`)\b\w+Error\b/g, link);

  /** A comment's text and tags, but for `@default`, which its property has beside its name. */
  function described({ doc = "", tags = [] }: JsDoc = {}): string {
    const of = (kind: string) => tags.filter((tag) => tag.kind === kind);
    const item = (doc: string): string => `- ${text(doc, "  ")}`;
    const named = ({ name = "", doc = "" }: Tag): string => item(`\`${name}\`: ${doc.replace(/^- /, "")}`);
    return sections(
      text(doc),
      list("Type parameters", of("template").map(named)),
      list("Parameters", of("param").map(named)),
      ...of("return").map(({ doc = "" }) => text(`Returns ${doc.replace(/\.$/, "")}.`)),
      list(
        "Throws",
        of("throws").map(({ doc = "" }) => item(errors(doc))),
      ),
      ...of("example").map(({ doc = "" }) => `Example:\n\n${doc.trim()}`),
    );
  }

  function propertyItem(property: Property, code: string): string {
    const { doc = "", tags = [] } = property.jsDoc ?? {};
    const value = tags.find((tag) => tag.value?.startsWith("@default "))?.value?.slice("@default ".length);
    const head = `- ${wrapCode(code)}${value === undefined ? "" : ` (default: ${defaultValue(value)})`}`;
    return doc === "" ? head : `${head}\\\n  ${text(doc, "  ")}`;
  }

  function methodSection(owner: string, overloads: readonly Method[]): string {
    const signatures = fence(methodSignature(overloads));
    return sections(`#### ${owner}.${overloads[0]?.name}`, signatures, described(commentOf(overloads)));
  }

  function members(name: string, { kind, def }: Declaration): readonly string[] {
    const print = kind === "class" ? classProperty : printProperty;
    const listed = (properties: readonly Property[]): string =>
      list(
        "Properties",
        properties.map((property) => propertyItem(property, print(property))),
      );
    if (kind === "typeAlias") return [listed(commentedProperties(def.tsType))];
    if (kind !== "interface" && kind !== "class") return [];
    const { properties = [] } = def;
    const methods = (def.methods ?? []).map(({ functionDef, ...method }) => ({ ...method, ...functionDef }));
    return [
      listed(properties.filter(({ isOverride }) => !isOverride)),
      ...overloadsOf(methods.filter(({ isOverride }) => !isOverride)).map((overloads) =>
        methodSection(name, overloads),
      ),
    ];
  }

  function section({ name, aliases, declarations: all }: Export): string {
    const declarations = withoutImplementation(all);
    const types = [...namesIn(declarations)].filter(
      (type) => type !== name && linkTo(type, entry) !== undefined,
    );
    return sections(
      `### ${name}`,
      needsSignature(declarations) ? fence(declarations.map((one) => signature(name, one)).join("\n")) : "",
      described(commentOf(all)),
      aliases.length === 0 ? "" : `Also exported as ${aliases.map((one) => `\`${one}\``).join(" and ")}.`,
      ...declarations.flatMap((one) => members(name, one)),
      types.length === 0 ? "" : wrap(`See ${types.sort().map(link).join(", ")}.`),
    );
  }

  return { link, text, section };
}

const sections = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join("\n\n");

const commentOf = (overloads: readonly { readonly jsDoc?: JsDoc }[]): JsDoc | undefined =>
  overloads.find(({ jsDoc }) => jsDoc !== undefined)?.jsDoc;

function overloadsOf(methods: readonly Method[]): readonly (readonly Method[])[] {
  const names = new Set(methods.map(({ name }) => name));
  return [...names].map((name) => methods.filter((method) => method.name === name));
}

const list = (title: string, items: readonly string[]): string =>
  items.length === 0 ? "" : `${title}:\n\n${items.join("\n")}`;

/** Of a function with overloads, the last declaration is no way to call it. */
const withoutImplementation = (all: readonly Declaration[]): readonly Declaration[] =>
  all.length === 1 ? all : all.filter((one) => !(one.kind === "function" && one.def.hasBody));

/** An interface's members say all, unless it has type parameters or parents. */
const needsSignature = ([first]: readonly Declaration[]): boolean =>
  first?.kind !== "interface" || first.def.typeParams !== undefined || first.def.extends !== undefined;

/** The properties with comments of the object types that a type is made of. */
function commentedProperties(type: unknown): readonly Property[] {
  if (typeof type !== "object" || type === null) return [];
  if ("name" in type && "tsType" in type && "jsDoc" in type) return [type as Property];
  return Object.values(type).flatMap(commentedProperties);
}
