/** Checks the written pages: their length, their links, and that everything a user meets has a page: `npm run check`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allPages, anchorsOf, linesOf, linksOf, proseOf, writtenPages } from "./docs/markdown.ts";
import type { Page } from "./docs/pages.ts";
import { root } from "./entries.ts";

const README_LINES = 150;
const README_WORDS = 900;
const PAGE_LINES = 250;
/** Characters of a line of prose. */
const PROSE_WIDTH = 160;
/** How many links a reader follows from README to any page. */
const CLICKS = 2;

/** Folders under src that users meet, and the page of each. */
const PAGE_OF_FOLDER: Readonly<Record<string, string>> = {
  cli: "docs/cli.md",
  compat: "docs/migrating.md",
  cookies: "docs/cookies.md",
  encryption: "docs/encryption.md",
  events: "docs/events-and-tracing.md",
  explain: "docs/cli.md",
  fastify: "docs/frameworks/fastify.md",
  express: "docs/frameworks/express.md",
  hono: "docs/hono.md",
  "hono-routes": "docs/introspection.md",
  legacy: "docs/migrating.md",
  nest: "docs/frameworks/nest.md",
  next: "docs/frameworks/next.md",
  once: "docs/one-time-tokens.md",
  opentelemetry: "docs/events-and-tracing.md",
  redis: "docs/stores/your-own.md",
  request: "docs/frameworks/index.md",
  sessions: "docs/sessions.md",
  stores: "docs/stores/index.md",
  sveltekit: "docs/frameworks/sveltekit.md",
  testing: "docs/testing.md",
  token: "docs/other-languages.md",
  watch: "docs/live-revocation.md",
};
/** Folders that no user imports from. */
const INTERNAL: readonly string[] = ["lib"];

const problems: string[] = [];
const pages = new Map<string, Page>(allPages.map((page) => [page.path, page]));

const readme = pages.get("README.md");
if (readme === undefined) throw new Error("there is no README");
const words = readme.text.split(/\s+/).filter((word) => /\w/.test(word)).length;
console.log(
  `README.md: ${linesOf(readme).length} lines, ${words} words; ${writtenPages.length - 1} pages in docs`,
);
if (linesOf(readme).length > README_LINES) problems.push(`README.md has more than ${README_LINES} lines`);
if (words > README_WORDS) problems.push(`README.md has more than ${README_WORDS} words`);

for (const page of writtenPages) {
  if (linesOf(page).length > PAGE_LINES)
    problems.push(`${page.path} has ${linesOf(page).length} lines, more than ${PAGE_LINES}`);
  for (const line of proseOf(page)) {
    if (line.length > PROSE_WIDTH)
      problems.push(`${page.path}: a line of ${line.length} characters: ${line.slice(0, 60)}…`);
  }
}
for (const page of allPages) {
  for (const { path, anchor } of linksOf(page)) checkLink(page, path, anchor);
}

function checkLink(page: Page, path: string, anchor: string | undefined): void {
  const target = pages.get(path);
  if (!existsSync(join(root, path))) problems.push(`${page.path} links to ${path}, which isn't there`);
  else if (anchor !== undefined && target !== undefined && !anchorsOf(target).has(anchor))
    problems.push(`${page.path} links to ${path}#${anchor}, a heading that isn't there`);
}

const reached = new Set<string>(["README.md"]);
for (let click = 0; click < CLICKS; click++) {
  for (const path of [...reached]) {
    const page = pages.get(path);
    if (page !== undefined) for (const link of linksOf(page)) reached.add(link.path);
  }
}
for (const { path } of writtenPages) {
  if (!reached.has(path)) problems.push(`${path} is more than ${CLICKS} clicks away from README.md`);
}

for (const entry of readdirSync(join(root, "src"), { withFileTypes: true })) {
  if (!entry.isDirectory() || INTERNAL.includes(entry.name)) continue;
  const page = PAGE_OF_FOLDER[entry.name];
  if (page === undefined || !existsSync(join(root, page)))
    problems.push(`src/${entry.name} has no page: say which in PAGE_OF_FOLDER`);
  else if (!readFileSync(join(root, page), "utf8").includes("redis-web-token"))
    problems.push(`${page} doesn't name the package`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
