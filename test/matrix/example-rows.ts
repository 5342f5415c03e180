/** The examples as users run them: installed from the packed package, built, and started for production. */
import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../tools/entries.ts";
import { freePort } from "../../tools/free-port.ts";
import type { RedisServer } from "../../tools/redis-server.ts";
import { checkExample, type Routes } from "./example-checks.ts";
import { outputOf, withServerOn } from "./process.ts";
import type { SuiteResult } from "./programs/suites.ts";
import { project, type Registries } from "./projects.ts";
import { pageEnv, type Target } from "./row.ts";

/** An example in one version of its framework. */
export interface ExampleRow {
  readonly name: string;
  version(): string;
  run(target: Target, redis: RedisServer): Promise<SuiteResult>;
}

interface Example {
  readonly name: string;
  readonly folder: string;
  /** The framework's package. */
  readonly framework: string;
  /** Versions other than those of the example's package.json. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly routes: Routes;
}

const PLAIN: Routes = {
  signIn: "/sign-in",
  password: "secret",
  signOut: "/sign-out",
  signOutEverywhere: "/sign-out-everywhere",
  confirm: "/private/confirm",
  private: "/private",
  devices: "/private/devices",
  scheme: "https",
  retryAfter: true,
};
const ACCOUNT: Routes = {
  ...PLAIN,
  signIn: "/login",
  password: "open sesame",
  signOut: "/logout",
  signOutEverywhere: "/logout-everywhere",
  confirm: "/confirm",
  private: "/account",
  devices: "/account",
};

const EXAMPLES: readonly Example[] = [
  { name: "Express 5", folder: "express", framework: "express", routes: ACCOUNT },
  {
    name: "Express 4",
    folder: "express",
    framework: "express",
    versions: { express: "^4.21.0", "@types/express": "^4.17.0" },
    routes: ACCOUNT,
  },
  { name: "Fastify 5", folder: "fastify", framework: "fastify", routes: ACCOUNT },
  {
    name: "SvelteKit 3",
    folder: "sveltekit",
    framework: "@sveltejs/kit",
    routes: {
      ...PLAIN,
      signIn: "/",
      signOut: "/account?/signOut",
      signOutEverywhere: "/account?/signOutEverywhere",
      confirm: "/account?/confirm",
      private: "/account",
      devices: "/account",
    },
  },
  { name: "h3 2", folder: "h3", framework: "h3", routes: PLAIN },
  { name: "Nest 12", folder: "nest", framework: "@nestjs/core", routes: PLAIN },
  // It drops the headers of what a middleware throws.
  {
    name: "React Router 8",
    folder: "react-router",
    framework: "react-router",
    routes: { ...PLAIN, retryAfter: false },
  },
  // Behind a proxy it needs `security.allowedDomains`.
  { name: "Astro 7", folder: "astro", framework: "astro", routes: { ...PLAIN, scheme: "http" } },
  { name: "Elysia 1, on Bun", folder: "elysia", framework: "elysia", routes: PLAIN },
];

export function exampleRows(parent: string, registries: Registries): readonly ExampleRow[] {
  return EXAMPLES.map((example) => {
    const { folder, env } = project(join(parent, example.name.replaceAll(/\W+/g, "-")), registries);
    const read = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8"));
    return {
      name: example.name,
      version: () => read(`node_modules/${example.framework}/package.json`).version,
      async run(target, redis) {
        cpSync(join(root, "examples", example.folder), folder, {
          recursive: true,
          filter: (file) => !file.includes("node_modules"),
        });
        const manifest = read("package.json");
        for (const group of ["dependencies", "devDependencies"])
          for (const name of Object.keys(manifest[group] ?? {}))
            manifest[group][name] = example.versions?.[name] ?? manifest[group][name];
        writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
        await promisify(execFile)("npm", ["install", "--no-audit", "--no-fund"], { cwd: folder, env });
        const path = [join(folder, "node_modules/.bin"), join(root, "node_modules/.bin"), env.PATH].join(":");
        const command = (script: string, more: object) => ({
          file: "sh",
          args: ["-c", `exec env ${script}`],
          cwd: folder,
          env: { ...env, PATH: path, NODE_ENV: "production", ...more },
        });
        const { build, start } = manifest.scripts as { readonly build?: string; readonly start: string };
        if (build !== undefined) await outputOf(command(build, { ASTRO_TELEMETRY_DISABLED: "1" }));
        const port = await freePort("http");
        const variables = { ...pageEnv(target), PORT: String(port), HOST: "127.0.0.1" };
        return withServerOn(port, command(start, variables), (origin) =>
          checkExample(origin, example.routes, redis),
        );
      },
    };
  });
}
