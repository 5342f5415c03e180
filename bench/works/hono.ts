import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../tools/entries.ts";
import { bearerHeader, honoRoute } from "../lib/hono-route.ts";
import type { Route } from "../lib/peer.ts";
import { atLeast, type Bench } from "../lib/section.ts";
import { oursOn } from "../lib/speeds.ts";
import { onStage, type Settings } from "../lib/stage.ts";
import { median, medianRatio } from "../lib/stats.ts";
import { user } from "../lib/user.ts";
import { plainExpress } from "../peers/express-session.ts";
import { peers } from "../peers/index.ts";

const CONNECTIONS = 64;
/** Different sessions among the requests: autocannon prepares each of them for each connection. */
const SESSIONS = 200;
const AUTOCANNON = join(root, "bench/peers/node_modules/autocannon/autocannon.js");

/** A route behind each, over HTTP, from a load generator in a process of its own. */
export const hono = (settings: Settings): Bench => ({
  name: "hono",
  run: () =>
    onStage(peers, SESSIONS, async ({ peers, credentials }) => {
      await using ends = new AsyncDisposableStack();
      const folder = mkdtempSync(join(tmpdir(), "rwt-bench-"));
      ends.defer(() => rmSync(folder, { recursive: true }));
      const loads = new Map<string, () => Promise<number>>();
      const add = async (name: string, route: Route, all: readonly string[]) => {
        const { url, close } = await serve(route.listener);
        ends.defer(close);
        const har = join(folder, `${loads.size}.har`);
        writeFileSync(har, JSON.stringify(archive(url, route, all)));
        loads.set(name, () => requestsPerSecond(url, har, settings.quick ? 1 : 2));
      };
      for (const [name, route] of Object.entries(PLAIN)) await add(name, route, [""]);
      const frameworks = new Map<string, string>();
      for (const { name, route } of peers) {
        if (!route) continue;
        frameworks.set(name, `plain ${route.framework} route`);
        await add(name, route, credentials.get(name) ?? []);
      }
      const speeds = new Map<string, number[]>([...loads.keys()].map((name) => [name, []]));
      const rounds = settings.quick ? 1 : 4;
      for (let round = 0; round <= rounds; round++) {
        for (const [name, load] of loads) {
          const speed = await load();
          if (round > 0) speeds.get(name)?.push(speed);
        }
      }
      const speed = (name: string) => median(speeds.get(name) ?? []);
      const rivals = peers.filter(
        ({ kind, route, name }) => kind === "peer" && route && name !== "jwt-redis",
      );
      const best = rivals.map(({ name }) => name).reduce((a, b) => (speed(a) >= speed(b) ? a : b));
      return {
        tables: [
          {
            title: `A route behind each, ${CONNECTIONS} connections`,
            columns: [
              { name: "" },
              { name: "requests", unit: "/s" },
              { name: "beside the plain route of its framework", unit: "×" },
            ],
            rows: [...speeds.keys()].map((name) => [
              name,
              speed(name),
              medianRatio(speeds.get(name), speeds.get(frameworks.get(name) ?? name)),
            ]),
          },
        ],
        checks: [
          atLeast(
            `a Hono route behind rwtAuth, beside the best session library (${best})`,
            2,
            medianRatio(speeds.get(oursOn("ioredis")), speeds.get(best)),
          ),
        ],
      };
    }),
});

const PLAIN: Readonly<Record<string, Route>> = {
  "plain Hono route": honoRoute([], () => user, bearerHeader).route,
  "plain Express route": { framework: "Express", listener: plainExpress(), headers: bearerHeader },
};

async function serve(listener: RequestListener): Promise<{ url: string; close: () => void }> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** An HTTP archive of what is to be asked. */
const archive = (url: string, { headers }: Route, credentials: readonly string[]): object => ({
  log: {
    entries: credentials.map((credential) => ({
      request: {
        method: "GET",
        url,
        headers: Object.entries(headers(credential)).map(([name, value]) => ({ name, value })),
      },
    })),
  },
});

interface LoadResult {
  readonly requests: { readonly average: number };
  readonly non2xx: number;
  readonly errors: number;
}

async function requestsPerSecond(url: string, har: string, seconds: number): Promise<number> {
  const args = [AUTOCANNON, "-c", String(CONNECTIONS), "-d", String(seconds), "--har", har, "-j", "-n", url];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { requests, non2xx, errors } = JSON.parse(stdout) as LoadResult;
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests failed`);
  return requests.average;
}
