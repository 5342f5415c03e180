import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { root } from "../entries.ts";

/** A page that people read, in Markdown. */
export interface Page {
  /** From the project's folder, such as `docs/sessions.md`. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

/** A fenced block of code. */
export interface Block {
  readonly page: Page;
  readonly language: string;
  readonly code: string;
}

export function readPage(path: string): Page {
  const text = readFileSync(join(root, path), "utf8");
  return { path, text, lines: text.trimEnd().split("\n") };
}

/** The pages that people wrote: README and `docs`, without the reference, which is generated. */
export const writtenPages: readonly Page[] = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .map((file) => `docs/${file.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".md") && !/^docs\/(reference|\.vitepress)\//.test(path))
    .sort(),
].map(readPage);

/** The code of a page, also where a list indents it. */
export function blocksOf(page: Page): readonly Block[] {
  return [...page.text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```$/gm)].map(
    ([, indent = "", language = "", code = ""]) => ({
      page,
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }),
  );
}

/** The lines of prose: no code, no table, no HTML, no definition of a link. */
export function proseOf({ lines }: Page): readonly string[] {
  let inCode = false;
  return lines.filter((line) => {
    if (/^ *```/.test(line)) {
      inCode = !inCode;
      return false;
    }
    return !inCode && !/^ *(\||<|\[[^\]]+\]:)/.test(line);
  });
}

/** Where a page's relative links lead: paths from the project's folder, with the anchor if there is one. */
export function linksOf(
  page: Page,
): readonly { readonly path: string; readonly anchor: string | undefined }[] {
  return [...proseAndTables(page).matchAll(/\]\(([^)\s]+)\)|(?:href|src|srcset)="([^"]+)"/g)]
    .map(([, inText, inHtml]) => inText ?? inHtml ?? "")
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = "", anchor] = link.split("#");
      return {
        path: path === "" ? page.path : posix.normalize(posix.join(dirname(page.path), path)),
        anchor,
      };
    });
}

const proseAndTables = ({ text }: Page): string =>
  text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, "").replaceAll(/`[^`\n]*`/g, "");

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: Page): ReadonlySet<string> {
  const found = new Set<string>();
  for (const line of page.text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, "").split("\n")) {
    const [, title] = /^#+ (.*)$/.exec(line) ?? [];
    if (title === undefined) continue;
    const anchor = title
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    for (let i = 0; ; i++) {
      const unique = i === 0 ? anchor : `${anchor}-${i}`;
      if (found.has(unique)) continue;
      found.add(unique);
      break;
    }
  }
  return found;
}
