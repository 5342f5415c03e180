/** Next in production: a page behind the middleware of docs/frameworks/next.md, routes on Node to sign in and out, and the suites. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../tools/entries.ts";
import { freePort } from "../../tools/free-port.ts";
import { blockWith } from "../support/pages.ts";
import { checkNext } from "./check-next.ts";
import { type Command, outputOf, withServerOn } from "./process.ts";
import { npmProject, type Project, type Registries } from "./projects.ts";
import { pageEnv, type Row, suitesOver } from "./row.ts";

interface Kind {
  readonly name: string;
  readonly major: string;
  /** The name of the file with the middleware, and of its function. */
  readonly convention: "middleware" | "proxy";
  readonly runtime: "edge" | "nodejs";
}

const KINDS: readonly Kind[] = [
  { name: "Next 15, middleware (Edge)", major: "15", convention: "middleware", runtime: "edge" },
  { name: "Next 16, proxy (Node)", major: "16", convention: "proxy", runtime: "nodejs" },
  { name: "Next 16, middleware (Edge)", major: "16", convention: "middleware", runtime: "edge" },
];
/** The first two routes run on the middleware's runtime, the others on Node. */
const SUITES = ["suites/memory", "suites/HTTP", "tcp/ioredis", "tcp/node-redis"];

/** `next build` loads the routes, which need the variables. `next start` sets their real values. */
const BUILD_ENV = pageEnv({
  REDIS_URL: "redis://build.invalid",
  REST_URL: "https://build.invalid",
  REST_TOKEN: "of-the-build",
});

function nextRow({ name, convention, runtime }: Kind, install: () => Promise<Project>): Row {
  async function command(verb: string, env: object, ...args: string[]): Promise<Command> {
    const project = await install();
    return {
      file: process.execPath,
      args: [join(project.folder, "node_modules/next/dist/bin/next"), verb, ...args],
      cwd: join(project.folder, convention),
      env: { ...project.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production", ...env },
    };
  }
  return {
    name,
    async version() {
      const { folder } = await install();
      return JSON.parse(readFileSync(join(folder, "node_modules/next/package.json"), "utf8")).version;
    },
    async run(target, redis) {
      const app = join((await install()).folder, convention);
      cpSync(join(root, "test/matrix/next"), app, { recursive: true });
      const suites = readFileSync(join(app, "suites.js"), "utf8");
      mkdirSync(join(app, "app/[...path]"));
      writeFileSync(join(app, "app/[...path]/route.js"), suites.replace('"edge"', `"${runtime}"`));
      const code = blockWith('from "next/server"');
      writeFileSync(join(app, `${convention}.ts`), code.replace("function proxy", `function ${convention}`));
      await outputOf(await command("build", BUILD_ENV));
      const port = await freePort("http");
      const server = await command(
        "start",
        { ...target, ...pageEnv(target) },
        ...["--hostname", "127.0.0.1", "--port", String(port)],
      );
      return withServerOn(port, server, async (origin) => [
        ...(await suitesOver(origin, SUITES)),
        await checkNext(origin, redis),
      ]);
    },
  };
}

/** The rows of Next. Each major version is installed once, when its first row runs. */
export function nextRows(folder: string, registries: Registries): readonly Row[] {
  const projects = new Map<string, Promise<Project>>();
  return KINDS.map((kind) =>
    nextRow(kind, () => {
      const { major } = kind;
      const wanted = [`next@${major}`, "react@19", "react-dom@19"];
      const project = projects.get(major) ?? npmProject(join(folder, `next-${major}`), registries, ...wanted);
      projects.set(major, project);
      return project;
    }),
  );
}
