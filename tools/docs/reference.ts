/** Writes docs/reference from the comments in src: `npm run docs:reference`. With `--check`, says whether it is up to date. */
import { createCatalog, readEntries } from "./reference/catalog.ts";
import { indexPage } from "./reference/index-page.ts";
import { entryPage } from "./reference/page.ts";
import { formatAll } from "./reference/signature.ts";
import { writeOrCheck } from "./written.ts";

const entries = readEntries();
const catalog = createCatalog(entries);

// The signatures of all pages are formatted at once.
const pieces: string[] = [];
const placeholder = (code: string): string => `{{signature ${pieces.push(code) - 1}}}`;
const drafts = entries.map((entry) => [entry.page, entryPage(entry, catalog, placeholder)] as const);
const formatted = formatAll(pieces);
const fences = (draft: string): string =>
  draft.replace(/\{\{signature (\d+)\}\}/g, (_, index) => `\`\`\`ts\n${formatted[Number(index)]}\n\`\`\``);

const pages = [
  ["index.md", indexPage(entries, catalog)] as const,
  ...drafts.map(([page, draft]) => [page, fences(draft)] as const),
];
writeOrCheck(
  new Map(pages.map(([page, text]) => [`docs/reference/${page}`, text])),
  "npm run docs:reference",
);
