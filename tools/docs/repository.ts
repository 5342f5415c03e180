import { statSync } from "node:fs";
import { join } from "node:path";
import { manifest, root } from "../entries.ts";

/** Where the project's files can be seen: package.json's `repository` is the one place that says so. */
export const repository: string = manifest.repository.url.replace(/^git\+|\.git$/g, "");

/** The address of a file or folder in the repository. */
export function repositoryUrl(path: string): string {
  const kind = statSync(join(root, path)).isDirectory() ? "tree" : "blob";
  return `${repository}/${kind}/main/${path.replace(/\/$/, "")}`;
}
