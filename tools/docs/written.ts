import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../entries.ts";

/**
 * Writes files that are made from others or, with `--check`, ends the program with an error where one isn't up to date.
 *
 * @param files - their texts, by their paths from the project's folder
 * @param command - what makes them
 */
export function writeOrCheck(files: ReadonlyMap<string, string>, command: string): void {
  const stale = [...files].filter(([path, text]) => contentOf(path) !== text);
  if (process.argv.includes("--check")) {
    for (const [path] of stale) console.error(`${path} is not up to date; run: ${command}`);
    if (stale.length > 0) process.exit(1);
    console.log(`${files.size} files of ${command} are up to date`);
    return;
  }
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  console.log(`${command}: ${stale.length} of ${files.size} files have changed`);
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}
