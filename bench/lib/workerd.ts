import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { BundleOptions } from "../../tools/bundle-size.ts";
import { dieWithParent } from "../../tools/redis-server/die-with-parent.ts";
import { median } from "./stats.ts";

const require = createRequire(import.meta.url);
/** The workerd that wrangler depends on. */
const { default: WORKERD } = createRequire(require.resolve("wrangler"))("workerd") as {
  readonly default: string;
};

/** How a module is bundled for a Worker: with all that it imports. */
export const IN_A_WORKER: BundleOptions = { external: [], conditions: ["workerd", "worker"] };

/** Imports the entry only when a request asks for it, and passes that on if the entry is a Worker itself. */
const WORKER = `export default {
  async fetch(request, env, context) {
    if (request.url.endsWith("/nothing")) return new Response();
    const entry = await import("entry.mjs");
    return entry.default?.fetch ? entry.default.fetch(request, env, context) : new Response();
  },
};`;
const CALLS = 20;

/**
 * Measures how many milliseconds fresh isolates take to import a module, and to answer a first request if it is a Worker: the time of
 * the first response that needs it, minus that of later ones. It is measured from outside, since a Worker's own clock stands still
 * while it computes.
 */
export async function coldTimesInWorkerd(
  code: string,
  isolates: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<number[]> {
  await using ends = new AsyncDisposableStack();
  const times: number[] = [];
  const { ports } = await startWorkerd({ "worker.mjs": WORKER, "entry.mjs": code }, isolates, ends);
  for (const port of ports) {
    const answer = async (path: string): Promise<number> => {
      const began = performance.now();
      const response = await fetch(`http://127.0.0.1:${port}/${path}`, { headers });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`the module can't be used in workerd: ${response.status}`);
      return performance.now() - began;
    };
    for (let i = 0; i < CALLS; i++) await answer("nothing");
    const first = await answer("");
    const later: number[] = [];
    for (let i = 0; i < CALLS; i++) later.push(await answer(""));
    times.push(first - median(later));
  }
  return times;
}

export interface Workerd {
  readonly pid: number;
  /** The port of each isolate. */
  readonly ports: readonly number[];
}

/** Starts workerd with the same Worker in each isolate. Its folder has the modules, the first of which is the Worker itself. */
export async function startWorkerd(
  modules: Readonly<Record<string, string>>,
  isolates: number,
  ends: AsyncDisposableStack,
): Promise<Workerd> {
  const folder = mkdtempSync(join(tmpdir(), "rwt-workerd-"));
  ends.defer(() => rmSync(folder, { recursive: true }));
  const config = join(folder, "config.capnp");
  for (const [name, code] of Object.entries(modules)) writeFileSync(join(folder, name), code);
  writeFileSync(config, configOf(Object.keys(modules), isolates));
  const child = spawn(WORKERD, ["serve", "--control-fd=3", config], {
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  ends.defer(dieWithParent(child, folder));
  const exited = once(child, "exit");
  ends.defer(async () => {
    child.kill();
    await exited;
  });
  const ports: number[] = [];
  for await (const line of createInterface(child.stdio[3] as Readable)) {
    const { event, port } = JSON.parse(line) as { readonly event: string; readonly port?: number };
    if (event === "listen" && port !== undefined) ports.push(port);
    if (ports.length === isolates && child.pid !== undefined) return { pid: child.pid, ports };
  }
  throw new Error("workerd didn't start");
}

/** A configuration with a Worker per isolate, each on a free port. Workers may fetch from this machine. */
function configOf(modules: readonly string[], isolates: number): string {
  const names = Array.from({ length: isolates }, (_, i) => `w${i}`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "internet", network = (allow = ["local", "private", "public"])),
    ${names.map((name) => `(name = "${name}", worker = .worker)`)}
  ],
  sockets = [${names.map((name) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`)}],
);
const worker :Workerd.Worker = (
  modules = [${modules.map((name) => `(name = "${name}", esModule = embed "${name}")`)}],
  compatibilityDate = "2026-01-01",
);
`;
}
