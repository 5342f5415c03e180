import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { MarkdownRenderer } from "vitepress";
import { root } from "../../entries.ts";
import { repositoryUrl } from "../repository.ts";

/**
 * Makes the links of pages, which lead from file to file, work on the site: README.md is the site's home, and a file that
 * is no page is shown by the repository.
 *
 * @param pages - the paths of the pages
 */
export const siteLinks =
  (pages: ReadonlySet<string>) =>
  (md: MarkdownRenderer): void => {
    md.core.ruler.push("site-links", ({ tokens, env }) => {
      const page: string = env.relativePath === "index.md" ? "README.md" : env.relativePath;
      for (const token of tokens.flatMap(({ children }) => children ?? [])) {
        const href = token.type === "link_open" ? token.attrGet("href") : null;
        if (href !== null) token.attrSet("href", siteLink(pages, page, href));
      }
    });
  };

function siteLink(pages: ReadonlySet<string>, page: string, href: string): string {
  if (/^([a-z]+:|#)/.test(href)) return href;
  const [, path = "", hash = ""] = /^([^#]*)(#.*)?$/.exec(href) ?? [];
  const file = normalize(join(dirname(page), decodeURI(path)));
  if (file === "README.md") return path.replace(/README\.md$/, "index.md") + hash;
  if (pages.has(file)) return href;
  if (pages.has(join(file, "index.md"))) return join(path, "index.md") + hash;
  if (!existsSync(join(root, file))) throw new Error(`${page}: ${href} leads nowhere`);
  return repositoryUrl(file) + hash;
}
