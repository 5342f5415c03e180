import type { MarkdownRenderer } from "vitepress";

/** Makes the HTML of pages, which is written for GitHub, work on the site. */
export const siteHtml = (md: MarkdownRenderer): void => {
  md.core.ruler.push("site-html", ({ tokens }) => {
    const all = tokens.flatMap((token) => [token, ...(token.children ?? [])]);
    for (const token of all.filter(({ type }) => type === "html_block" || type === "html_inline"))
      token.content = withPaths(withBothPictures(token.content));
  });
};

/** GitHub follows the system's colours; the site's can be switched, so that it needs both pictures. */
const withBothPictures = (html: string): string =>
  html.replace(
    /<picture>\s*<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)"\s*\/?>\s*<img ([^>]*)>\s*<\/picture>/g,
    (_, dark: string, image: string) => {
      const light = image.replace(/\s*\/$/, "");
      return `<img class="only-light" ${light}><img class="only-dark" ${light.replace(/src="[^"]*"/, `src="${dark}"`)}>`;
    },
  );

/** Vite bundles the pictures whose path begins with a dot. */
const withPaths = (html: string): string => html.replace(/(<img [^>]*src=")(?![a-z]+:|[./])/g, "$1./");
