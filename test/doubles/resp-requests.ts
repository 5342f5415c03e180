/** Parses what clients send to Redis: arrays of words. */

/** A command's words in latin1, one character per byte, so that binary data survives. */
export type Words = readonly string[];

/** Makes a reader for one connection: it takes a chunk, and returns the commands that the chunk completes. */
export function createRequestReader(): (chunk: Buffer) => Words[] {
  let text = "";
  return (chunk) => {
    text += chunk.toString("latin1");
    const commands: Words[] = [];
    for (;;) {
      const found = firstCommand(text);
      if (found === undefined) return commands;
      commands.push(found.words);
      text = text.slice(found.end);
    }
  };
}

/** @returns `undefined` if the text doesn't contain a whole command yet */
function firstCommand(text: string): { readonly words: Words; readonly end: number } | undefined {
  const head = numberAt(text, 0, "*");
  if (head === undefined) return undefined;
  const words: string[] = [];
  let at = head.end;
  while (words.length < head.number) {
    const length = numberAt(text, at, "$");
    if (length === undefined) return undefined;
    const end = length.end + length.number;
    if (text.length < end + 2) return undefined;
    words.push(text.slice(length.end, end));
    at = end + 2;
  }
  return { words, end: at };
}

function numberAt(text: string, at: number, mark: "*" | "$") {
  const end = text.indexOf("\r\n", at);
  if (end < 0) return undefined;
  if (text[at] !== mark) throw new Error(`expected ${mark} in a client's request`);
  return { number: Number(text.slice(at + 1, end)), end: end + 2 };
}
