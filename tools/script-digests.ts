/**
 * Writes the SHA-1 of each Lua script beside its text, and the scripts that PHP sends too into its own folder.
 * `npm run digests`
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as sessions from "../src/sessions/scripts.ts";
import * as stores from "../src/stores/script.ts";
import { root } from "./entries.ts";

const FILES = { "src/stores/script.ts": stores, "src/sessions/scripts.ts": sessions };

/** What PHP sends, by the file's name in interop/php/lua. */
export const OF_PHP: Readonly<Record<string, stores.Script>> = {
  "create-indexed.lua": stores.CREATE_INDEXED,
  "end-all.lua": sessions.END_ALL,
};

const digestOf = (text: string): string => createHash("sha1").update(text).digest("hex");

/** The scripts of a module, by the names of its exports. */
export const scriptsIn = (module: object): [string, stores.Script][] =>
  Object.entries(module).filter(([, value]) => typeof value === "object" && "sha1" in value);

if (import.meta.main) {
  for (const [file, module] of Object.entries(FILES)) {
    let code = readFileSync(join(root, file), "utf8");
    for (const [name, { text }] of scriptsIn(module)) {
      const at = code.indexOf("sha1:", code.indexOf(`const ${name}:`));
      code = code.slice(0, at) + code.slice(at).replace(/sha1: "[^"]*"/, `sha1: "${digestOf(text)}"`);
    }
    writeFileSync(join(root, file), code);
  }
  for (const [file, { text }] of Object.entries(OF_PHP)) {
    writeFileSync(join(root, "interop/php/lua", file), `${text}\n`);
  }
}
