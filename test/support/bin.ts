import { join } from "node:path";
import { root } from "../../tools/entries.ts";

/** The path of a program that comes with the project's dependencies. */
export const bin = (name: string): string => join(root, "node_modules/.bin", name);
