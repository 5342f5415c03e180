/**
 * Writes llms.txt, the contents list that language models read (llmstxt.org), and llms-full.txt, all the pages in one file:
 * `npm run docs:llms`. With `--check`, says whether they are up to date.
 */
import { dirname, join, normalize } from "node:path";
import { manifest } from "../entries.ts";
import { type Page, pageGroups } from "./pages.ts";
import { writeOrCheck } from "./written.ts";

const groups = pageGroups();
const head = `# Redis Web Token\n\n> ${manifest.description}\n`;

/** In llms.txt, what a reader with little room can leave out has a section of this name. */
const list = groups.map(({ title, optional, pages }) => {
  const items = pages.map((page) => `- [${page.title}](./${page.path}): ${page.summary}`);
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
