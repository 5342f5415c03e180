/** Markdown out of doc comments. */

const WIDTH = 110;

/** Wraps the paragraphs of a doc comment again, and leaves its lists, tables and code as they are. */
export function prose(text: string, indent = ""): string {
  const parts = text.trim().split(/^(```.*?^```$)/ms);
  const blocks = parts.flatMap((part) => (part.startsWith("```") ? [part] : part.split(/\n{2,}/)));
  return blocks
    .map((block) => block.trim())
    .filter((block) => block !== "")
    .map((block) =>
      /^(```|[-*|] |\d+\. )/.test(block) ? block : wrap(withoutHtml(block), WIDTH - indent.length),
    )
    .join("\n\n")
    .replace(/\n(?!\n)/g, `\n${indent}`);
}

/** What begins a list, a heading or a quotation where it stands first on a line. */
const MARK = /^([-+*>]|#+|\d+[.)])$/;

/** Breaks a paragraph into lines, never within a code span or the text of a link. */
export function wrap(text: string, width = WIDTH): string {
  const words = text.match(/(`[^`]*`|\[[^\]]*\]|[^\s`[])+|[^\s]/g) ?? [];
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && line.length + 1 + word.length > width && !MARK.test(word)) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
}

/** A code span in a list. A break of its lines is shown as a space. */
export const wrapCode = (code: string): string =>
  `\`${code.replace(new RegExp(`(.{1,${WIDTH}})(?: |$)`, "g"), "$1\n  ").trimEnd()}\``;

/** Outside of code, `<` begins HTML, which a comment never means. */
const withoutHtml = (text: string): string =>
  text.replace(/`[^`]*`|<(?=[a-z/!])/gi, (found) => (found === "<" ? "&lt;" : found));

/** Formats a default as code, with its remark behind it: `2592000 (30 days)`. */
export function defaultValue(text: string): string {
  const [, value = "", remark = ""] = /^(\S+)( \(.*\))?$/s.exec(text.trim()) ?? [];
  return /^(["'`\d[{-]|true$|false$|null$|undefined$)/.test(value) ? `\`${value}\`${remark}` : text.trim();
}
