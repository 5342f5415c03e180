import { join } from "node:path";
import { php, python } from "../../test/support/interop.ts";
import { root } from "../../tools/entries.ts";

const quoted = (...words: readonly string[]): string => words.map((word) => `'${word}'`).join(" ");

/** The command lines of the project's own bridges. */
export const onNode: string = quoted(process.execPath, join(root, "interop/conformance/bridges/node.ts"));

export const inPhp = (client: string): string =>
  quoted(php ?? "php", join(root, "interop/php/tests/conformance.php"), client);

export const inPython = (kind: string): string =>
  quoted(python ?? "python3", join(root, "interop/python/tests/conformance.py"), kind);
