import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type HeadConfig } from "vitepress";
import { type Page, type PageGroup, pageGroups } from "../../tools/docs/pages.ts";
import { repository } from "../../tools/docs/repository.ts";
import { siteHtml } from "../../tools/docs/site/html.ts";
import { siteLinks } from "../../tools/docs/site/links.ts";
import { slugOf } from "../../tools/docs/slug.ts";
import { manifest, root } from "../../tools/entries.ts";
import { ICON } from "../../worker-example/assets.ts";

const groups = pageGroups();
const pages = new Map(groups.flatMap((group) => group.pages.map((page) => [page.path, page])));
const guide = [...pages.keys()].find((path) => path.startsWith("docs/")) ?? "README.md";

const addressOf = (path: string): string => `/${path}`.replace(/(README|index)?\.md$/, "");

const sidebarOf = (title: string, pages: readonly Page[]) => ({
  text: title,
  items: pages.map(({ title, path }) => ({ text: title, link: addressOf(path) })),
});

/** The reference has a page for each entry: elsewhere one link stands for them. */
const REFERENCE = "docs/reference/";
const isReference = ({ pages }: PageGroup): boolean => pages.some(({ path }) => path.startsWith(REFERENCE));

const icon: HeadConfig = ["link", { rel: "icon", href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }];

/** The site is made of the files that GitHub shows, at the same places, so that a link between them leads to the same page. */
export default defineConfig({
  title: "Redis Web Token",
  description: manifest.description,
  lang: "en",
  base: process.env.DOCS_BASE ?? "/",
  head: [icon],
  srcDir: "..",
  srcExclude: readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "docs")
    .map(({ name }) => `${name}/**`),
  rewrites: { "README.md": "index.md" },
  cacheDir: "../node_modules/.cache/vitepress",
  cleanUrls: true,
  // The example that README starts listens there.
  ignoreDeadLinks: "localhostLinks",
  markdown: {
    anchor: { slugify: slugOf },
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: (md) => md.use(siteLinks(new Set(pages.keys()))).use(siteHtml),
  },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Guide", link: addressOf(guide) },
      { text: "Reference", link: `/${REFERENCE}` },
      { text: "Changelog", link: "/CHANGELOG" },
    ],
    sidebar: {
      [`/${REFERENCE}`]: groups.filter(isReference).map(({ title, pages }) => sidebarOf(title, pages)),
      "/": groups.map((group) =>
        sidebarOf(group.title, isReference(group) ? group.pages.slice(0, 1) : group.pages),
      ),
    },
    socialLinks: [{ icon: "github", link: repository }],
    editLink: { pattern: `${repository}/edit/main/:path`, text: "Edit this page on GitHub" },
  },
  transformPageData({ filePath, frontmatter }) {
    const isHome = filePath === "README.md";
    return {
      description: pages.get(filePath)?.summary ?? manifest.description,
      frontmatter: { ...frontmatter, editLink: !filePath.startsWith(REFERENCE) },
      ...(isHome ? { titleTemplate: false } : {}),
    };
  },
  // Copy the files for language models next to the pages, with each file that they link to.
  buildEnd({ outDir }) {
    for (const path of ["llms.txt", "llms-full.txt", ...pages.keys()])
      cpSync(join(root, path), join(outDir, path));
  },
});
