import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The project's root folder, with a slash at the end. */
export const root: string = fileURLToPath(new URL("..", import.meta.url));

/** The built files of an entry: its types, and its code by export condition. */
export interface Target {
  readonly types: string;
  readonly default: string;
  readonly [condition: string]: string;
}

/** The parts of package.json that the tools use. */
export const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
  readonly name: string;
  readonly description: string;
  readonly repository: { readonly url: string };
  /** The built file of each program. */
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, Target | string>>;
};

/** The package's entries: the name to import, such as `redis-web-token/hono`, and the built files. */
export const entries: readonly { readonly name: string; readonly files: Target }[] = Object.entries(
  manifest.exports,
).flatMap(([path, files]) =>
  typeof files === "string" ? [] : [{ name: manifest.name + path.slice(1), files }],
);
