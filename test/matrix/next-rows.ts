/** Next in production: examples/next, built without secrets, on Node and with the Edge's middleware; and the suites. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/entries.ts";
import { freePort } from "../../tools/free-port.ts";
import type { RedisServer } from "../../tools/redis-server.ts";
import { blockWith } from "../support/pages.ts";
import { checkInBrowser, type Pages } from "./browser-flow.ts";
import { checkNext } from "./check-next.ts";
import { checkHotReload } from "./check-next-dev.ts";
import { runOwnTests } from "./own-tests.ts";
import { type Command, outputOf, withServerOn } from "./process.ts";
import { npmProject, type Project, type Registries } from "./projects.ts";
import { pageEnv, type Row, suitesOver, type Target } from "./row.ts";

interface Kind {
  readonly name: string;
  readonly major: string;
  /** The name of the file with the optimistic check. */
  readonly convention: "middleware" | "proxy";
  readonly runtime: "edge" | "nodejs";
}

const KINDS: readonly Kind[] = [
  { name: "Next 15, middleware (Edge)", major: "15", convention: "middleware", runtime: "edge" },
  { name: "Next 16, proxy (Node)", major: "16", convention: "proxy", runtime: "nodejs" },
  { name: "Next 16, middleware (Edge)", major: "16", convention: "middleware", runtime: "edge" },
];
/** The first two routes run on the runtime of the optimistic check, the others on Node. */
const SUITES = ["suites/memory", "suites/HTTP", "tcp/ioredis", "tcp/node-redis"];
const PAGES: Pages = {
  form: "/login",
  signIn: "/login",
  password: "open sesame",
  private: "/account",
  devices: "/account",
};

const example = join(root, "examples/next");
const manifest: {
  readonly scripts: { readonly test: string };
  readonly devDependencies: Readonly<Record<string, string>>;
} = JSON.parse(readFileSync(join(example, "package.json"), "utf8"));

/** Copies the example, with the pages and routes that only the checks need. */
function makeApp(app: string, { convention, runtime }: Kind): void {
  cpSync(example, app, {
    recursive: true,
    filter: (file) => !/\/(node_modules|\.next|package\.json)$/.test(file),
  });
  cpSync(join(root, "test/matrix/next"), app, { recursive: true });
  const suites = readFileSync(join(app, "suites.js"), "utf8");
  mkdirSync(join(app, "app/[...path]"));
  writeFileSync(join(app, "app/[...path]/route.js"), suites.replace('"edge"', `"${runtime}"`));
  if (convention === "proxy") return;
  rmSync(join(app, "proxy.ts"));
  writeFileSync(join(app, "middleware.ts"), blockWith("// middleware.ts", "docs/frameworks/next.md"));
}

function nextRow(kind: Kind, install: () => Promise<Project>, isBrief: boolean): Row {
  const { name, convention } = kind;
  async function command(verb: string, env: object, ...args: string[]): Promise<Command> {
    const project = await install();
    return {
      file: process.execPath,
      args: [join(project.folder, "node_modules/next/dist/bin/next"), verb, ...args],
      cwd: join(project.folder, convention),
      env: { ...project.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
    };
  }
  async function serve<Result>(
    verb: "start" | "dev",
    target: Target,
    use: (origin: string) => Promise<Result>,
  ) {
    const port = await freePort("http");
    const env = { NODE_ENV: verb === "dev" ? "development" : "production", ...target, ...pageEnv(target) };
    const args = ["--hostname", "127.0.0.1", "--port", String(port)];
    return withServerOn(port, await command(verb, env, ...args), use, verb === "dev" ? "SIGTERM" : "SIGKILL");
  }
  return {
    name,
    async version() {
      const { folder } = await install();
      return JSON.parse(readFileSync(join(folder, "node_modules/next/package.json"), "utf8")).version;
    },
    async run(target: Target, redis: RedisServer) {
      const app = join((await install()).folder, convention);
      makeApp(app, kind);
      // Neither the secret nor Redis is there.
      await outputOf(await command("build", { NODE_ENV: "production" }));
      const results = await serve("start", target, async (origin) => [
        ...(isBrief ? [] : await suitesOver(origin, SUITES)),
        await checkNext(origin, redis),
        await checkInBrowser(origin, PAGES),
        await runOwnTests(manifest.scripts.test, origin, await command("test", pageEnv(target))),
      ]);
      if (isBrief || convention === "middleware") return results;
      return [...results, await serve("dev", target, (origin) => checkHotReload(origin, app, redis))];
    },
  };
}

/**
 * The rows of Next. Each major version is installed once, when its first row runs.
 *
 * @param isBrief - whether they only use the example in production, without the suites and `next dev`
 */
export function nextRows(folder: string, registries: Registries, isBrief = false): readonly Row[] {
  const projects = new Map<string, Promise<Project>>();
  // Those of @types/node are among every project's.
  const { "@types/node": _, ...types } = manifest.devDependencies;
  return KINDS.map((kind) =>
    nextRow(
      kind,
      () => {
        const { major } = kind;
        const wanted = Object.entries({ next: major, react: "19", "react-dom": "19", ...types });
        const project =
          projects.get(major) ??
          npmProject(
            join(folder, `next-${major}`),
            registries,
            ...wanted.map(([each, version]) => `${each}@${version}`),
          );
        projects.set(major, project);
        return project;
      },
      isBrief,
    ),
  );
}
