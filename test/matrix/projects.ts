/** Projects as users have them: the package and its peers, installed from a registry, and nothing else. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import jsr from "../../jsr.json" with { type: "json" };
import { manifest, root } from "../../tools/entries.ts";
import { bin } from "../support/bin.ts";

const run = promisify(execFile);
const programs = join(root, "test/matrix/programs");

/** What programs import besides the package, in the same versions as the other tests. */
const PEERS = ["@upstash/redis", "hono", "ioredis", "redis", "@hono/node-server", "@types/node"];
/** The version of a package that the project's dependencies install. */
export const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")).version;
const peers = PEERS.map((name) => `${name}@${versionOf(name)}`);

/** The URLs of our registries. Projects use them with npm, Deno and Bun, and with caches of their own. */
export interface Registries {
  readonly npm: string;
  readonly jsr: string;
}

export interface Project {
  readonly folder: string;
  readonly env: Record<string, string | undefined>;
}

export function project(folder: string, registries: Registries): Project {
  mkdirSync(folder, { recursive: true });
  const { RWT_SECRET, ...rest } = process.env;
  return {
    folder,
    env: {
      ...rest,
      npm_config_registry: registries.npm,
      NPM_CONFIG_REGISTRY: registries.npm,
      JSR_URL: `${registries.jsr}/`,
      DENO_DIR: join(folder, ".deno"),
      BUN_INSTALL_CACHE_DIR: join(folder, ".bun"),
      NO_COLOR: "1",
    },
  };
}

/** Compiles the programs into a project to JavaScript, since some runtimes don't run TypeScript. */
async function addPrograms({ folder }: Project): Promise<void> {
  await build({
    entryPoints: readdirSync(programs).map((file) => join(programs, file)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    format: "esm",
    target: "es2022",
  });
}

/** @param more - additional packages, such as `next@16` */
export async function npmProject(
  folder: string,
  registries: Registries,
  ...more: string[]
): Promise<Project> {
  const made = project(folder, registries);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run("npm", ["install", "--no-audit", "--no-fund", manifest.name, ...peers, ...more], {
    cwd: folder,
    env: made.env,
  });
  await addPrograms(made);
  return made;
}

export async function bunProject(folder: string, registries: Registries): Promise<Project> {
  const made = project(folder, registries);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run(bin("bun"), ["add", manifest.name, ...peers], { cwd: folder, env: made.env });
  await addPrograms(made);
  return made;
}

/**
 * A Deno project with an import map. The package comes from JSR, or from npm with a node_modules folder, without which Deno doesn't
 * give a package its optional peers.
 */
export async function denoProject(
  folder: string,
  registries: Registries,
  source: "npm" | "jsr",
): Promise<Project> {
  const made = project(folder, registries);
  const name = source === "npm" ? `npm:/${manifest.name}` : `jsr:/${jsr.name}`;
  const imports = {
    [manifest.name]: name.replace(":/", ":"),
    [`${manifest.name}/`]: `${name}/`,
    ...Object.fromEntries(PEERS.map((peer) => [peer, `npm:${peer}@${versionOf(peer)}`])),
  };
  writeFileSync(
    join(folder, "deno.json"),
    JSON.stringify({ imports, ...(source === "npm" && { nodeModulesDir: "auto" }) }),
  );
  await addPrograms(made);
  return made;
}

/** Installs a version of Node, independently of the machine's own. */
export async function installNode(folder: string, major: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ private: true, allowScripts: { node: true } }),
  );
  await run("npm", ["install", "--no-audit", "--no-fund", `node@${major}`], { cwd: folder });
  return join(folder, "node_modules/.bin/node");
}
