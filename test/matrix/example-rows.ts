/** The examples as users run them: installed from the packed package, built, and started for production. */
import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../tools/entries.ts";
import { freePort } from "../../tools/free-port.ts";
import type { RedisServer } from "../../tools/redis-server.ts";
import { checkInBrowser } from "./browser-flow.ts";
import { checkExample, type Routes } from "./example-checks.ts";
import { runOwnTests } from "./own-tests.ts";
import { outputOf, withServerOn } from "./process.ts";
import type { SuiteResult } from "./programs/suites.ts";
import { project, type Registries } from "./projects.ts";
import { pageEnv, type Target } from "./row.ts";

/** An example in one version of its framework. */
export interface ExampleRow {
  readonly name: string;
  version(): string;
  run(target: Target, redis: RedisServer): Promise<readonly SuiteResult[]>;
}

interface Example {
  readonly name: string;
  readonly folder: string;
  /** The framework's package. */
  readonly framework: string;
  /** Versions other than those of the example's package.json. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Files that this version, or a proxy before it, needs in place of the example's. */
  readonly files?: Readonly<Record<string, string>>;
  readonly routes: Routes;
  /** The page that has the form which signs in. */
  readonly form: string;
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

const SVELTEKIT = {
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
  form: "/",
};
/** `*` is localhost with any port: a user names the host, as docs/frameworks/react-router.md says. */
const reactRouterConfig = (more: object) => ({
  "react-router.config.ts": `export default ${JSON.stringify({ allowedActionOrigins: ["*"], ...more })};\n`,
});
// It drops the headers of what a middleware throws.
const REACT_ROUTER = {
  folder: "react-router",
  framework: "react-router",
  routes: { ...PLAIN, retryAfter: false },
  form: "/",
};
const ASTRO = {
  folder: "astro",
  framework: "astro",
  // Its page on docs/frameworks says what it needs behind a proxy. The browser comes through one, the other checks don't.
  routes: { ...PLAIN, scheme: "http" },
  files: {
    "astro.config.mjs": readFileSync(join(root, "examples/astro/astro.config.mjs"), "utf8").replace(
      "output:",
      'security: { allowedDomains: [{ hostname: "localhost", protocol: "https" }] }, output:',
    ),
  },
  form: "/",
} as const;
const EXPRESS = { folder: "express", framework: "express", routes: ACCOUNT, form: "/login" };
const NEST = { folder: "nest", framework: "@nestjs/core", routes: PLAIN, form: "/" };

const EXAMPLES: readonly Example[] = [
  { ...EXPRESS, name: "Express 5" },
  { ...EXPRESS, name: "Express 4", versions: { express: "^4.21.0", "@types/express": "^4.17.0" } },
  // Fastify's own support of version 4 ended on 2025-06-30.
  { name: "Fastify 5", folder: "fastify", framework: "fastify", routes: ACCOUNT, form: "/login" },
  { ...SVELTEKIT, name: "SvelteKit 3" },
  {
    ...SVELTEKIT,
    name: "SvelteKit 2",
    versions: { "@sveltejs/kit": "^2.70.0", "@sveltejs/adapter-node": "^5.0.0" },
    files: {
      "vite.config.ts":
        'import { sveltekit } from "@sveltejs/kit/vite";\nexport default { plugins: [sveltekit()] };\n',
      "svelte.config.js":
        'import adapter from "@sveltejs/adapter-node";\nexport default { kit: { adapter: adapter() } };\n',
      "tsconfig.json": '{ "extends": "./.svelte-kit/tsconfig.json" }\n',
    },
  },
  { name: "Nuxt 4", folder: "nuxt", framework: "nuxt", routes: { ...PLAIN, retryAfter: false }, form: "/" },
  { name: "h3 2", folder: "h3", framework: "h3", routes: PLAIN, form: "/" },
  { ...NEST, name: "Nest 12" },
  {
    ...NEST,
    name: "Nest 11",
    versions: Object.fromEntries(
      ["common", "core", "platform-express"].map((part) => [`@nestjs/${part}`, "^11.0.0"]),
    ),
  },
  { ...REACT_ROUTER, name: "React Router 8", files: reactRouterConfig({}) },
  {
    ...REACT_ROUTER,
    name: "React Router 7",
    versions: Object.fromEntries(
      ["react-router", ...["dev", "node", "serve"].map((part) => `@react-router/${part}`)].map((name) => [
        name,
        "~7.17.0",
      ]),
    ),
    files: reactRouterConfig({ future: { v8_middleware: true } }),
  },
  { ...ASTRO, name: "Astro 7" },
  { ...ASTRO, name: "Astro 6", versions: { astro: "^6.0.0", "@astrojs/node": "^10.0.0" } },
  { name: "Elysia 1, on Bun", folder: "elysia", framework: "elysia", routes: PLAIN, form: "/" },
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
        for (const [file, text] of Object.entries(example.files ?? {}))
          writeFileSync(join(folder, file), text);
        const { build, start, test } = manifest.scripts as Record<"start" | "test", string> & {
          build?: string;
        };
        if (build !== undefined) await outputOf(command(build, { ASTRO_TELEMETRY_DISABLED: "1" }));
        const port = await freePort("http");
        const variables = { ...pageEnv(target), PORT: String(port), HOST: "127.0.0.1" };
        return withServerOn(port, command(start, variables), async (origin) => [
          await checkExample(origin, example.routes, redis),
          await checkInBrowser(origin, { ...example.routes, form: example.form }),
          await runOwnTests(test, origin, command(test, variables)),
        ]);
      },
    };
  });
}
