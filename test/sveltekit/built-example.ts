import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../tools/entries.ts";

/** SvelteKit 2 has another Vite, and its tsconfig another name. */
const OLDER = {
  versions: {
    "@sveltejs/adapter-node": "^5.5.0",
    "@sveltejs/kit": "^2.70.0",
    "@sveltejs/vite-plugin-svelte": "^6.2.0",
    vite: "^7.0.0",
  },
  tsconfig: {
    extends: "./.svelte-kit/tsconfig.json",
    compilerOptions: { types: ["node"], allowImportingTsExtensions: true },
    // Without vite.config.ts, whose paths.origin is new in SvelteKit 3.
    include: ["src", ".svelte-kit/*.d.ts", ".svelte-kit/types/**/$types.d.ts"],
  },
};

/**
 * Installs, builds and type-checks examples/sveltekit in a folder of its own: SvelteKit needs TypeScript 6. What was installed stays
 * for the next run.
 *
 * @returns the folder: `node build` starts the app there
 */
export async function builtExample(version: 2 | 3): Promise<string> {
  const source = join(root, "examples/sveltekit");
  const folder = join(root, `node_modules/.cache/sveltekit-${version}`);
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  for (const old of ["src", "build", ".svelte-kit"])
    rmSync(join(folder, old), { recursive: true, force: true });
  for (const file of ["src", "app.test.ts", "vite.config.ts", "tsconfig.json"])
    cpSync(join(source, file), join(folder, file), { recursive: true });
  if (version === 2) writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(OLDER.tsconfig));

  const { dependencies, ...app } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const { "redis-web-token": _, ...fromNpm } = dependencies;
  const devDependencies = { ...app.devDependencies, ...(version === 2 && OLDER.versions) };
  const manifest = JSON.stringify({ ...app, dependencies: fromNpm, devDependencies });
  const path = join(folder, "package.json");
  const link = join(folder, "node_modules/redis-web-token");
  if (!existsSync(link) || readFileSync(path, "utf8") !== manifest) {
    writeFileSync(path, manifest);
    await run(folder, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error");
    rmSync(link, { force: true });
    symlinkSync(root, link);
  }
  await run(folder, process.execPath, "node_modules/vite/bin/vite.js", "build");
  await run(folder, process.execPath, "node_modules/typescript/bin/tsc", "--noEmit");
  return folder;
}

/** Runs a program without the variables that a build must not need. */
async function run(cwd: string, command: string, ...args: string[]): Promise<void> {
  const { RWT_SECRET: _, REDIS_URL: __, NODE_ENV: ___, ...env } = process.env;
  await promisify(execFile)(command, args, { cwd, env }).catch(({ stdout, stderr }) => {
    throw new Error(`${command} ${args.join(" ")}\n${stdout}\n${stderr}`);
  });
}
