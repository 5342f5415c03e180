import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";

/**
 * Copies an example into the project, where the package's name means the package: in its own folder its package.json would hide it.
 * The copy is removed after the test or the file. Returns its folder.
 */
export function exampleCopy(name: string): string {
  mkdirSync(join(root, "dist"), { recursive: true });
  const folder = mkdtempSync(join(root, `dist/.example-${name}-`));
  atEnd(() => rmSync(folder, { recursive: true }));
  const filter = (path: string): boolean =>
    !["package.json", "node_modules", "dist"].includes(basename(path));
  const source = join(root, "examples", name);
  cpSync(source, folder, { recursive: true, filter });
  return folder;
}
