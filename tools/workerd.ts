import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { BundleOptions } from "./bundle-size.ts";
import { dieWithParent } from "./redis-server/die-with-parent.ts";

const require = createRequire(import.meta.url);
/** The workerd that wrangler depends on. */
const { default: WORKERD } = createRequire(require.resolve("wrangler"))("workerd") as {
  readonly default: string;
};

/** How a module is bundled for a Worker: with all that it imports, except what workerd has. */
export const IN_A_WORKER: BundleOptions = {
  external: ["cloudflare:*"],
  conditions: ["workerd", "worker"],
};

export interface Workerd {
  readonly pid: number;
  /** The port of each isolate. */
  readonly ports: readonly number[];
}

export interface WorkerdOptions {
  /** How many isolates serve the Worker, each on a port of its own. */
  readonly isolates?: number;
  /** The variables in the Worker's `env`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The class of each binding to a Durable Object. */
  readonly durableObjects?: Readonly<Record<string, string>>;
}

/**
 * Starts workerd itself, without wrangler's proxy before it: a benchmark measures its process alone, and a test waits for no other.
 *
 * @param modules - the code of each module by its name. The first is the Worker.
 */
export async function startWorkerd(
  modules: Readonly<Record<string, string>>,
  options: WorkerdOptions,
  ends: AsyncDisposableStack,
): Promise<Workerd> {
  const folder = mkdtempSync(join(tmpdir(), "rwt-workerd-"));
  ends.defer(() => rmSync(folder, { recursive: true }));
  const config = join(folder, "config.capnp");
  for (const [name, code] of Object.entries(modules)) writeFileSync(join(folder, name), code);
  const isolates = options.isolates ?? 1;
  writeFileSync(config, configOf(Object.keys(modules), isolates, options));
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

/** A text in a configuration of Cap'n Proto, whose escapes are those of C. */
const quoted = (text: string): string => JSON.stringify(text);

/** A configuration with a Worker per isolate, each on a free port. Workers may fetch from this machine. */
function configOf(
  modules: readonly string[],
  isolates: number,
  { variables = {}, durableObjects = {} }: WorkerdOptions,
): string {
  const names = Array.from({ length: isolates }, (_, i) => `w${i}`);
  const bindings = [
    ...Object.entries(variables).map(([name, value]) => `(name = "${name}", text = ${quoted(value)})`),
    ...Object.entries(durableObjects).map(
      ([name, className]) => `(name = "${name}", durableObjectNamespace = "${className}")`,
    ),
  ];
  const classes = [...new Set(Object.values(durableObjects))];
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
  bindings = [${bindings}],
  durableObjectNamespaces = [${classes.map((name) => `(className = "${name}", uniqueKey = "${name}")`)}],
  durableObjectStorage = (inMemory = void),
  compatibilityDate = "2026-10-01",
);
`;
}
