/**
 * Writes llms.txt, the contents list that language models read (llmstxt.org), and llms-full.txt, all the pages in one file:
 * `npm run docs:llms`. With `--check`, says whether they are up to date.
 */
import { dirname, join, normalize } from "node:path";
import { manifest } from "../entries.ts";
import { type Page, pageGroups, plainText } from "./pages.ts";
import { writeOrCheck } from "./written.ts";

const groups = pageGroups();
const head = `# Redis Web Token\n\n> ${manifest.description}\n`;

/** The first paragraph of a page that is neither a picture nor a badge. */
function summaryOf({ path, text }: Page): string {
  const paragraphs = text
    .replace(/^```.*?^```$/gms, "")
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim());
  const first = paragraphs.find((paragraph) => /^[^#<|!\-[>]/.test(paragraph));
  if (first === undefined) throw new Error(`${path} has no paragraph`);
  return firstSentence(plainText(first.replaceAll("\n", " ")));
}

const firstSentence = (text: string): string => /^.*?[.:?](?= [A-Z`]|$)/.exec(text)?.[0] ?? text;

/** In llms.txt, what a reader with little room can leave out has a section of this name. */
const list = groups.map(({ title, optional, pages }) => {
  const items = pages.map((page) => `- [${page.title}](./${page.path}): ${summaryOf(page)}`);
  return `\n## ${optional ? "Optional" : title}\n\n${items.join("\n")}\n`;
});

/** A page below the file's one title: its headings go down by one, and its links lead from the project's folder. */
function section({ path, text }: Page): string {
  const body = text
    .replace(/^<!--.*?-->\n*/gms, "")
    .split(/^(```.*?^```$)/ms)
    .map((part) => (part.startsWith("```") ? part : rebased(part, path).replace(/^#/gm, "##")));
  return `\n${body.join("").trim()}\n`;
}

const rebased = (text: string, path: string): string =>
  text.replace(
    /\]\((?![a-z]+:|#)([^)#]*)/g,
    (_, link: string) => `](./${normalize(join(dirname(path), link))}`,
  );

const whole = groups.filter(({ optional }) => !optional).flatMap(({ pages }) => pages.map(section));

writeOrCheck(
  new Map([
    ["llms.txt", head + list.join("")],
    ["llms-full.txt", head + whole.join("")],
  ]),
  "npm run docs:llms",
);
