import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../tools/entries.ts";
import { bearerHeader } from "../lib/hono-route.ts";
import type { Peer, Route } from "../lib/peer.ts";
import type { RoutePeer } from "./index.ts";

const PEERS = join(root, "bench/peers");
const APP = join(PEERS, "next-app");

/** Builds the app for production. Its routes are those of all libraries. */
export async function buildNext(): Promise<void> {
  const args = [join(PEERS, "node_modules/next/dist/bin/next"), "build", APP];
  await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
  });
}

type NextServer = (options: object) => {
  prepare(): Promise<void>;
  getRequestHandler(): ReturnType<Route["listener"]>;
};

/** Serves the built app, of which only one route is asked. */
async function nextRoute(path: string, redisUrl: string, headers: Route["headers"]): Promise<Route> {
  Object.assign(process.env, { NODE_ENV: "production", REDIS_URL: redisUrl });
  const next = createRequire(join(PEERS, "package.json"))("next") as NextServer;
  const app = next({ dev: false, dir: APP });
  await app.prepare();
  return { framework: "Next", path, listener: () => app.getRequestHandler(), headers };
}

type Signer = Pick<Peer, "name" | "kind" | "sign"> & { readonly route?: Pick<Route, "headers"> };

/** A library in the built app. Its peer here only signs in. */
export const inNext =
  (path: string, open: (redisUrl: string) => Promise<Signer>) =>
  async (redisUrl: string): Promise<RoutePeer> => {
    const { name, kind, sign, route } = await open(redisUrl);
    return { name, kind, sign, route: await nextRoute(path, redisUrl, route?.headers ?? bearerHeader) };
  };
