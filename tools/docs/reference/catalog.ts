/** Which page documents which export: each is documented once, and linked to from everywhere else. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { manifest, root } from "../../entries.ts";
import { type Declaration, denoDoc, type JsDoc, type Sym } from "./deno-doc.ts";

/** An export, with the other names under which the same entry exports it. */
export interface Export {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly declarations: readonly [Declaration, ...Declaration[]];
  /** Where it is declared: the same for each entry that exports it. */
  readonly origin: string;
}

export interface Entry {
  /** What to import: `redis-web-token/hono`. */
  readonly name: string;
  /** The page's file name. */
  readonly page: string;
  readonly doc: JsDoc;
  readonly folder: string;
  readonly exports: readonly Export[];
}

/** Every entry of package.json, read from its source. */
export function readEntries(): readonly Entry[] {
  const { exports: sources } = JSON.parse(readFileSync(join(root, "jsr.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, string>>;
  };
  return Object.keys(manifest.exports)
    .filter((path) => path !== "./package.json")
    .map((path) => {
      const source = sources[path];
      if (source === undefined) throw new Error(`jsr.json has no ${path}, which package.json exports`);
      const { module_doc: doc = {}, symbols } = denoDoc(source);
      return {
        name: manifest.name + path.slice(1),
        page: path === "." ? `${manifest.name}.md` : `${path.slice(2)}.md`,
        doc,
        folder: `${pathToFileURL(join(root, dirname(source))).href}/`,
        exports: mergedByOrigin(symbols),
      };
    });
}

/** Names for one and the same declaration become one export. */
function mergedByOrigin(symbols: readonly Sym[]): readonly Export[] {
  const merged = new Map<string, Export>();
  for (const { name, declarations } of symbols) {
    const [first, ...more] = declarations;
    if (first === undefined) throw new Error(`deno doc tells nothing of ${name}`);
    const origin = `${first.location.filename}:${first.location.byteIndex}`;
    const known = merged.get(origin);
    merged.set(
      origin,
      known === undefined
        ? { name, aliases: [], declarations: [first, ...more], origin }
        : { ...known, aliases: [...known.aliases, name] },
    );
  }
  return [...merged.values()];
}

export const KINDS = {
  function: "Functions",
  class: "Classes",
  variable: "Constants",
  interface: "Interfaces",
  typeAlias: "Types",
} as const;

const kindsInOrder = Object.keys(KINDS);

/** Functions first, then classes and so on, each by name. */
export function inOrder(exports: readonly Export[]): readonly Export[] {
  const key = ({ name, declarations: [{ kind }] }: Export) =>
    `${kindsInOrder.indexOf(kind)} ${name.toLowerCase()}`;
  return exports.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

export interface Catalog {
  /** What an entry's page documents, in the page's order. */
  readonly exportsAtHome: (entry: Entry) => readonly Export[];
  /** The link from an entry's page to what a name means, where it is an export. */
  readonly linkTo: (name: string, from: Entry) => string | undefined;
}

/** An export's home is the entry whose folder holds its source or, where none does, the first that exports it. */
export function createCatalog(entries: readonly Entry[]): Catalog {
  const homes = new Map<string, Entry>();
  const named = new Map<string, Export>();
  for (const entry of entries) {
    for (const one of entry.exports) {
      const home = homes.get(one.origin);
      if (home === undefined || rank(entry, one) > rank(home, one)) homes.set(one.origin, entry);
      if (!named.has(one.name)) named.set(one.name, one);
    }
  }
  const exportsAtHome = (entry: Entry) =>
    inOrder(entry.exports.filter(({ origin }) => homes.get(origin) === entry));
  const links = new Map(
    entries.flatMap((entry) => {
      const names = exportsAtHome(entry).map(({ name }) => name.toLowerCase());
      return exportsAtHome(entry).map(({ origin }, i) => [origin, anchor(names, i)] as const);
    }),
  );
  return {
    exportsAtHome,
    linkTo(name, from) {
      const target = from.exports.find((one) => one.name === name) ?? named.get(name);
      if (target === undefined) return undefined;
      const home = homes.get(target.origin);
      return `${home === from ? "" : `./${home?.page}`}#${links.get(target.origin)}`;
    },
  };
}

/** GitHub numbers the headings that differ only by case, such as those of `requestAuth` and `RequestAuth`. */
function anchor(names: readonly string[], index: number): string {
  const name = names[index] ?? "";
  const before = names.slice(0, index).filter((one) => one === name).length;
  return before === 0 ? name : `${name}-${before}`;
}

/** How closely an entry's folder surrounds an export's source. */
const rank = ({ folder }: Entry, { origin }: Export): number =>
  origin.startsWith(folder) ? folder.length : 0;
