import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../entries.ts";

const FOLDER = join(root, "src/redis/lua");

/** The names of the scripts: their files' names without `.lua`. */
export const scriptNames: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".lua"))
  .map((file) => file.slice(0, -".lua".length))
  .sort();

/** The parts that a script includes, in order. */
export const includesOf = (name: string): readonly string[] =>
  [...read(name).matchAll(INCLUDE)].map(([, part = ""]) => part);

/** A script's text without includes, comments, indentation and empty lines. */
export const ownText = (name: string): string =>
  read(name)
    .replaceAll(/^\s*(--.*)?\n/gm, "")
    .replaceAll(/^ +/gm, "")
    .trimEnd();

/** A script as it is sent to Redis: the parts that it includes, then its own text. */
export const expandScript = (name: string): string =>
  [...includesOf(name).map((part) => `include/${part}`), name].map(ownText).join("\n");

const INCLUDE = /^-- @include ([\w-]+)$/gm;

const read = (name: string): string => readFileSync(join(FOLDER, `${name}.lua`), "utf8");
