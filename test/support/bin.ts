import { join } from "node:path";
import { root } from "../../tools/entries.ts";

/** The path of a program that the project's dependencies install. */
export const bin = (name: string): string => join(root, "node_modules/.bin", name);
