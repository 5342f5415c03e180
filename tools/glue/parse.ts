import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { SourceFile } from "typescript/unstable/ast";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import { API } from "typescript/unstable/sync";

/** The files of an example, by their paths in its folder. */
export type Files = ReadonlyMap<string, string>;

/** The apps among the examples; `live-revocation` has servers instead. */
export const appsIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => existsSync(join(folder, name, "package.json")));

/** Reads an example's code, without its tests: TypeScript, and the scripts in Astro's and Svelte's files. */
export function codeIn(folder: string): Files {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => /\.(ts|tsx|astro|svelte)$/.test(name) && !/\.test\.tsx?$/.test(name))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(node_modules|dist|build|\..*)\//.test(path))
    .sort();
  return new Map(found.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

/** The TypeScript of a file, on the same lines. */
function scriptOf(path: string, text: string): string {
  const part = path.endsWith(".astro")
    ? /^---\n([\s\S]*?)^---$/m.exec(text)
    : path.endsWith(".svelte")
      ? /<script[^>]*>\n([\s\S]*?)<\/script>/.exec(text)
      : null;
  if (part === null) return /\.tsx?$/.test(path) ? text : "";
  const before = text.slice(0, part.index + part[0].indexOf(part[1] ?? ""));
  return before.replaceAll(/[^\n]/g, "") + (part[1] ?? "");
}

/** Parses files with TypeScript. Nothing is resolved or checked. */
export function parse(files: Files): ReadonlyMap<string, SourceFile> {
  const names = new Map(
    [...files.keys()].map((path) => [path, `/${path.replace(/\.(astro|svelte)$/, "$&.ts")}`]),
  );
  const config = {
    compilerOptions: { noLib: true, noResolve: true, jsx: "preserve" },
    files: [...names.values()],
  };
  const virtual: Record<string, string> = { "/tsconfig.json": JSON.stringify(config) };
  for (const [path, text] of files) virtual[names.get(path) ?? ""] = scriptOf(path, text);
  const api = new API({ cwd: "/", fs: createVirtualFileSystem(virtual) });
  try {
    using snapshot = api.updateSnapshot({ openProjects: ["/tsconfig.json"] });
    const project = snapshot.getProject("/tsconfig.json");
    return new Map(
      [...names].map(([path, name]) => {
        const file = project?.program.getSourceFile(name);
        if (file === undefined) throw new Error(`${path} isn't parsed`);
        return [path, file];
      }),
    );
  } finally {
    api.close();
  }
}
