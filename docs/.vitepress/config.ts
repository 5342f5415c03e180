import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import { type Page, pageGroups } from "../../tools/docs/pages.ts";
import { repository } from "../../tools/docs/repository.ts";
import { siteLinks } from "../../tools/docs/site/links.ts";
import { slugOf } from "../../tools/docs/slug.ts";
import { manifest, root } from "../../tools/entries.ts";

const groups = pageGroups();
const paths = groups.flatMap(({ pages }) => pages.map(({ path }) => path));

const addressOf = (path: string): string => `/${path}`.replace(/(README|index)?\.md$/, "");
const itemOf = ({ title, path }: Page) => ({ text: title, link: addressOf(path) });

/** The site is made of the same files that GitHub shows, at the same places, so that their links lead to the same pages. */
export default defineConfig({
  title: "Redis Web Token",
  description: manifest.description,
  lang: "en",
  base: process.env.DOCS_BASE ?? "/",
  srcDir: "..",
  srcExclude: readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "docs")
    .map(({ name }) => `${name}/**`),
  rewrites: { "README.md": "index.md" },
  cacheDir: "../node_modules/.cache/vitepress",
  cleanUrls: true,
  // The example of the README listens there.
  ignoreDeadLinks: "localhostLinks",
  markdown: {
    anchor: { slugify: slugOf },
    theme: { light: "github-light", dark: "github-dark" },
    config: (md) => md.use(siteLinks(new Set(paths))),
  },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Guide", link: "/docs/questions" },
      { text: "Reference", link: "/docs/reference/" },
    ],
    sidebar: groups.map(({ title, pages }) => ({ text: title, items: pages.map(itemOf) })),
    socialLinks: [{ icon: "github", link: repository }],
  },
  // What language models read stands beside the pages, and so do the files that it links to.
  buildEnd({ outDir }) {
    for (const path of ["llms.txt", "llms-full.txt", ...paths]) cpSync(join(root, path), join(outDir, path));
  },
});
