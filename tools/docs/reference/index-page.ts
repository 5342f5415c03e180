/** The page that lists the entries. */
import type { Catalog, Entry } from "./catalog.ts";
import { NOTICE } from "./page.ts";

const CALLED: ReadonlySet<string> = new Set(["function", "class", "variable"]);

export function indexPage(entries: readonly Entry[], { exportsAtHome }: Catalog): string {
  const rows = entries.map((entry) => {
    const names = exportsAtHome(entry)
      .filter(({ declarations: [{ kind }] }) => CALLED.has(kind))
      .map(({ name }) => `\`${name}\``);
    const what = entry.doc.doc?.split("\n\n")[0]?.replaceAll("\n", " ").trim();
    if (what === undefined) throw new Error(`the source of ${entry.name} has no comment with @module`);
    return `| [\`${entry.name}\`](./${entry.page}) | ${what} | ${names.join(", ")} |`;
  });
  return `${NOTICE}

# API reference

Each entry of the package has a page with all that it exports: types, defaults, errors and an example.

| import from | what it is for | functions and classes |
| --- | --- | --- |
${rows.join("\n")}
`;
}
