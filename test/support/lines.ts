import type { Readable } from "node:stream";

/** The lines of a stream, which end at "\n" alone. Node's readline also ends them at U+2028, which JSON may contain. */
export async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of input.setEncoding("utf8")) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
