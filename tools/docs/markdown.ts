import { dirname, posix } from "node:path";
import { type Page, pageGroups } from "./pages.ts";
import { slugOf } from "./slug.ts";

/** A fenced block of code. */
export interface Block {
  readonly page: Page;
  readonly language: string;
  readonly code: string;
  /** The file that it shows, where a line such as `<!-- from examples/next/auth.ts -->` stands above it. */
  readonly from: string | undefined;
}

/** Every page. */
export const allPages: readonly Page[] = pageGroups().flatMap(({ pages }) => pages);

/** The pages for users that people wrote: README and docs, without the generated reference. */
export const writtenPages: readonly Page[] = allPages.filter(
  ({ path }) => path === "README.md" || /^docs\/(?!reference\/)/.test(path),
);

export const linesOf = ({ text }: Page): readonly string[] => text.trimEnd().split("\n");

/** The code of a page, also where a list indents it. */
export function blocksOf(page: Page): readonly Block[] {
  const fenced = /(?:^<!-- from (\S+) -->\n)?^( *)```(\w+)\n([\s\S]*?)^\2```$/gm;
  return [...page.text.matchAll(fenced)].map(([, from, indent = "", language = "", code = ""]) => ({
    page,
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    from,
  }));
}

/** The lines of prose: no code, no table, no HTML, no definition of a link. */
export function proseOf(page: Page): readonly string[] {
  let inCode = false;
  return linesOf(page).filter((line) => {
    if (/^ *```/.test(line)) {
      inCode = !inCode;
      return false;
    }
    return !inCode && !/^ *(\||<|\[[^\]]+\]:)/.test(line);
  });
}

const withoutCode = ({ text }: Page): string => text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, "");

/** Where a page's relative links lead. */
export function linksOf(
  page: Page,
): readonly { readonly path: string; readonly anchor: string | undefined }[] {
  const text = withoutCode(page).replaceAll(/`[^`\n]*`/g, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)|(?:href|src|srcset)="([^"]+)"/g)]
    .map(([, inText, inHtml]) => inText ?? inHtml ?? "")
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page.path : posix.normalize(posix.join(dirname(page.path), path));
      return { path: target, anchor };
    });
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: Page): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, title = ""] of withoutCode(page).matchAll(/^#+ (.*)$/gm)) {
    const slug = slugOf(title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1"));
    let unique = slug;
    for (let i = 1; found.has(unique); i++) unique = `${slug}-${i}`;
    found.add(unique);
  }
  return found;
}
