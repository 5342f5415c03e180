/** The runtimes that docs/runtimes.md names: how each one runs the suites and serves the app. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { freePort } from "../../tools/free-port.ts";
import { bin } from "../support/bin.ts";
import { blockWith } from "../support/pages.ts";
import { checkApp } from "./check-app.ts";
import { nextRows } from "./next-rows.ts";
import { type Command, outputOf, withServer, withServerOn } from "./process.ts";
import type { SuiteResult } from "./programs/suites.ts";
import {
  bunProject,
  denoProject,
  installNode,
  type Project,
  type Registries,
  versionOf,
} from "./projects.ts";
import { pageEnv, type Row, suitesOver, type Target } from "./row.ts";

/** The supported Node versions: all that get updates, and the current one. */
const NODE_MAJORS = ["20", "22", "24", "26"];

const parse = (lines: string): SuiteResult[] =>
  lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Runs the server that docs/frameworks shows for a runtime. It runs with the flags in its first line. */
async function pageResult(runtime: string, command: Command, target: Target): Promise<SuiteResult> {
  const port = await freePort("http");
  const given = { ...pageEnv(target), PORT: String(port) };
  const code = blockWith(`// ${runtime} `);
  writeFileSync(join(command.cwd, "server.ts"), code);
  const env = { ...command.env, ...given };
  const statuses = await withServerOn(port, { ...command, env }, async (origin) => {
    await using rwt = createRwt({ store: ioredisStore(given.REDIS_URL), secret: given.RWT_SECRET });
    const headers = { Authorization: `Bearer ${await rwt.sign({ id: "42" })}` };
    const answers = [await fetch(origin), await fetch(origin, { headers })];
    return answers.map(({ status }) => status).join();
  });
  const failures = statuses === "401,200" ? [] : [`answers ${statuses}`];
  return { store: "docs", passed: 1 - failures.length, total: 1, failures };
}

/** A runtime with processes: one runs the suites, another one the app. */
function processRow(
  name: string,
  { folder, env }: Project,
  file: string,
  flags: readonly string[],
  server: string,
  page?: string,
): Row {
  const command = (program: string, target: object): Command => ({
    file,
    args: [...flags, join(folder, program)],
    cwd: folder,
    env: { ...env, ...target },
  });
  return {
    name,
    async version() {
      const said = await outputOf({ file, args: ["--version"], cwd: folder, env });
      return /\d+\.\d+\.\d+/.exec(said)?.[0] ?? "?";
    },
    async run(target) {
      const suites = parse(await outputOf(command("alone.mjs", target)));
      const app = await withServer(command(server, target), checkApp);
      if (page === undefined) return [...suites, app];
      return [...suites, app, await pageResult(page, command("server.ts", {}), target)];
    },
  };
}

function workerdRow({ folder }: Project): Row {
  const config = join(folder, "wrangler.json");
  writeFileSync(
    config,
    // The oldest date with which @upstash/redis runs, since it needs fetch's `cache`. Node's modules aren't available.
    JSON.stringify({ name: "rwt-matrix", main: "worker.mjs", compatibility_date: "2024-11-11" }),
  );
  return {
    name: "Cloudflare workerd",
    version: async () => versionOf("workerd"),
    async run({ REST_URL, REST_TOKEN }) {
      process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
      const { unstable_startWorker: startWorker } = await import("wrangler");
      const worker = await startWorker({
        config,
        bindings: {
          REST_URL: { type: "plain_text", value: REST_URL },
          REST_TOKEN: { type: "plain_text", value: REST_TOKEN },
        },
        dev: {
          logLevel: "none",
          server: { hostname: "127.0.0.1", port: 0 },
          inspector: false,
          watch: false,
        },
      });
      try {
        return await suitesOver((await worker.url).origin);
      } finally {
        await worker.dispose();
      }
    },
  };
}

function edgeRow({ folder, env }: Project): Row {
  return {
    name: "Vercel Edge Runtime",
    version: async () => versionOf("@edge-runtime/vm"),
    async run(target) {
      const bundle = join(folder, "edge-bundle.js");
      await build({
        entryPoints: [join(folder, "edge.mjs")],
        outfile: bundle,
        bundle: true,
        format: "iife",
        conditions: ["edge-light"],
      });
      const args = [join(root, "test/matrix/programs/serve-edge.ts"), bundle];
      const command = { file: process.execPath, args, cwd: root, env: { ...env, ...target } };
      return withServer(command, suitesOver);
    },
  };
}

/** Creates the projects, and the rows of the matrix in them. */
export async function makeRows(
  folder: string,
  registries: Registries,
  npm: Project,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const major of NODE_MAJORS) {
    const node = await installNode(join(folder, `node-${major}`), major);
    rows.push(processRow(`Node ${major}`, npm, node, [], "serve-node.mjs"));
  }
  const deno = (source: "npm" | "jsr") => denoProject(join(folder, `deno-${source}`), registries, source);
  const denoFlags = ["run", "--allow-net", "--allow-env"];
  const bun = await bunProject(join(folder, "bun"), registries);
  return [
    ...rows,
    workerdRow(npm),
    edgeRow(npm),
    ...nextRows(folder, registries),
    processRow("Deno 2, from npm", await deno("npm"), bin("deno"), denoFlags, "serve-deno.mjs"),
    processRow("Deno 2, from JSR", await deno("jsr"), bin("deno"), denoFlags, "serve-deno.mjs", "deno"),
    processRow("Bun 1", bun, bin("bun"), ["run"], "serve-bun.mjs", "bun"),
  ];
}
