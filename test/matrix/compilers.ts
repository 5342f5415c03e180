/** Compiles the type tests as a user does: against the packed declarations, with the supported compilers. */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../tools/entries.ts";
import type { Project } from "./projects.ts";

const run = promisify(execFile);

/** The current major version, and the two before it. For the oldest, the first version that docs/runtimes.md names. */
const VERSIONS = ["7", "6", "~5.7.3"];
const RESOLUTIONS: Readonly<Record<string, string>> = {
  bundler: "ESNext",
  node16: "node16",
  nodenext: "nodenext",
};
const FILES = ["api.ts", "compat.ts"];

export interface Compilation {
  readonly compiler: string;
  /** The compiler's output. Empty if there is no error. */
  readonly errors: string;
}

/** Compiles the type tests in a project that has the package and its peers. */
export async function compileTypeTests({ folder, env }: Project): Promise<Compilation[]> {
  for (const file of FILES) copyFileSync(join(root, "test/types", file), join(folder, file));
  const outcomes: Compilation[] = [];
  for (const wanted of VERSIONS) {
    const home = join(folder, "..", `typescript-${wanted.replace(/\W/g, "")}`);
    mkdirSync(home);
    writeFileSync(join(home, "package.json"), JSON.stringify({ private: true }));
    await run("npm", ["install", "--no-audit", "--no-fund", `typescript@${wanted}`], {
      cwd: home,
      env: { ...env },
    });
    const tsc = join(home, "node_modules/typescript/bin/tsc");
    const { stdout: version } = await run(process.execPath, [tsc, "--version"]);
    for (const [moduleResolution, module] of Object.entries(RESOLUTIONS)) {
      const compilerOptions = {
        ...{ module, moduleResolution, target: "ES2022", lib: ["ES2023", "ESNext.Disposable", "DOM"] },
        ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: ["node"] },
        // The declarations themselves are checked too.
        skipLibCheck: false,
      };
      const config = join(folder, "tsconfig.json");
      writeFileSync(config, JSON.stringify({ compilerOptions, files: FILES }));
      const { stdout } = await run(process.execPath, [tsc, "-p", config]).catch(
        (error: { stdout: string }) => error,
      );
      outcomes.push({
        compiler: `TypeScript ${version.replace("Version", "").trim()}, ${moduleResolution}`,
        errors: stdout.trim(),
      });
    }
  }
  return outcomes;
}
