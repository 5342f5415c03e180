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

/** A runtime with processes: one runs the suites, another one the app. It is installed when its row runs. */
function processRow(
  name: string,
  install: () => Promise<{ readonly project: Project; readonly file: string }>,
  flags: readonly string[],
  server: string,
  page?: string,
): Row {
  let installed: ReturnType<typeof install> | undefined;
  async function command(args: readonly string[], target: object = {}): Promise<Command> {
    installed ??= install();
    const { project, file } = await installed;
    return { file, args, cwd: project.folder, env: { ...project.env, ...target } };
  }
  const program = (name: string, target?: object) => command([...flags, name], target);
  return {
    name,
    async version() {
      const said = await outputOf(await command(["--version"]));
      return /\d+\.\d+\.\d+/.exec(said)?.[0] ?? "?";
    },
    async run(target) {
      const suites = parse(await outputOf(await program("alone.mjs", target)));
      const app = await withServer(await program(server, target), checkApp);
      if (page === undefined) return [...suites, app];
      return [...suites, app, await pageResult(page, await program("server.ts"), target)];
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

/** The rows of the runtimes. Each installs what it needs when it runs. */
export function makeRows(folder: string, registries: Registries, npm: Project): readonly Row[] {
  const deno = (source: "npm" | "jsr") => async () => ({
    project: await denoProject(join(folder, `deno-${source}`), registries, source),
    file: bin("deno"),
  });
  const bun = async () => ({
    project: await bunProject(join(folder, "bun"), registries),
    file: bin("bun"),
  });
  const denoFlags = ["run", "--allow-net", "--allow-env"];
  return [
    ...NODE_MAJORS.map((major) => {
      const node = async () => ({
        project: npm,
        file: await installNode(join(folder, `node-${major}`), major),
      });
      return processRow(`Node ${major}`, node, [], "serve-node.mjs");
    }),
    workerdRow(npm),
    edgeRow(npm),
    ...nextRows(folder, registries),
    processRow("Deno 2, from npm", deno("npm"), denoFlags, "serve-deno.mjs"),
    processRow("Deno 2, from JSR", deno("jsr"), denoFlags, "serve-deno.mjs", "deno"),
    processRow("Bun 1", bun, ["run"], "serve-bun.mjs", "bun"),
  ];
}
