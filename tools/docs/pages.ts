import { readdirSync, readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { root } from "../entries.ts";

/** A page of the documentation: a markdown file that GitHub, the site and llms.txt show. */
export interface Page {
  /** From the project's folder, such as `docs/sessions.md`. */
  readonly path: string;
  readonly title: string;
  /** The first sentence. */
  readonly summary: string;
  readonly text: string;
}

export interface PageGroup {
  readonly title: string;
  /** Whether a reader who has little room can leave the group out. */
  readonly optional: boolean;
  readonly pages: readonly Page[];
}

/** A group of docs/pages.json. Each of its patterns takes the pages that no pattern before it took, in the order of their paths. */
interface GroupOrder {
  readonly title: string;
  readonly optional?: boolean;
  readonly pages: readonly string[];
}

/** Every page, in the groups and the order of docs/pages.json. */
export function pageGroups(): readonly PageGroup[] {
  const order = JSON.parse(readFileSync(join(root, "docs/pages.json"), "utf8")) as readonly GroupOrder[];
  const left = new Set(pagePaths());
  const groups = order.map(({ title, optional = false, pages }) => ({
    title,
    optional,
    pages: pages.flatMap((pattern) => {
      const found = [...left].filter((path) => matchesGlob(path, pattern));
      for (const path of found) left.delete(path);
      return found.map(readPage);
    }),
  }));
  if (left.size > 0) throw new Error(`in no group of docs/pages.json: ${[...left].join(", ")}`);
  return groups.filter(({ pages }) => pages.length > 0);
}

/** All markdown files of the project's folder and of docs. */
function pagePaths(): readonly string[] {
  const inRoot = readdirSync(root);
  const inDocs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  return [...inRoot, ...inDocs.map((path) => join("docs", path))]
    .filter((path) => path.endsWith(".md") && !path.startsWith("docs/.vitepress"))
    .map((path) => path.slice(0, -".md".length))
    .sort()
    .map((path) => `${path}.md`);
}

function readPage(path: string): Page {
  const text = readFileSync(join(root, path), "utf8");
  const title = /^# (.+)$/m.exec(text)?.[1];
  if (title === undefined) throw new Error(`${path} has no "# " heading`);
  return { path, title: plainText(title).replaceAll("`", ""), summary: summaryOf(path, text), text };
}

/** The first sentence of the first paragraph that is no picture, list, table or the like. */
function summaryOf(path: string, text: string): string {
  const paragraphs = text
    .replace(/^```.*?^```$/gms, "")
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim());
  const first = paragraphs.find((paragraph) => /^[^#<|!\-[>]/.test(paragraph));
  if (first === undefined) throw new Error(`${path} has no paragraph`);
  const line = plainText(first.replaceAll("\n", " "));
  return /^.*?[.:?](?= [A-Z`]|$)/.exec(line)?.[0] ?? line;
}

/** What a line of markdown says, without its links and its emphasis. */
const plainText = (markdown: string): string =>
  markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/\*+/g, "");
