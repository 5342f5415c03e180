import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createRestApp } from "./app.ts";
import { createFaults, type Faults } from "./faults.ts";
import { oneServer } from "./one-server.ts";
import { connectToRedis } from "./redis-connection.ts";
import { regions } from "./regions.ts";
import { createRequestCounter, type RequestCounts } from "./requests.ts";

export interface RestServerOptions {
  redisUrl: string;
  /** Replicas of it in read regions, which answer the reads. By default the Redis itself does. */
  replicaUrls?: readonly string[];
  /** Milliseconds until Redis counts as unreachable. By default it is less than a store's timeout. */
  redisTimeout?: number;
  /** @default a random one */
  token?: string;
  /** @default a free port */
  port?: number;
}

export interface RestServer {
  readonly url: string;
  readonly token: string;
  readonly faults: Faults;
  readonly requests: RequestCounts;
  close(): Promise<void>;
}

/** Serves Upstash's REST API on 127.0.0.1 in front of a Redis, which doesn't have to be running yet. */
export async function startRestServer(options: RestServerOptions): Promise<RestServer> {
  const token = options.token ?? randomBytes(24).toString("base64url");
  const faults = createFaults();
  const requests = createRequestCounter();
  const redis = connectToRedis(options.redisUrl, options.redisTimeout);
  const replicas = (options.replicaUrls ?? []).map((url) => connectToRedis(url, options.redisTimeout));
  const backend = replicas.length > 0 ? await regions(redis, replicas) : oneServer(redis);
  const app = createRestApp({ backend, token, faults, requests });

  // Don't replace the global Request and Response of the test's process.
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  // Longer than a test, so that a client never writes to a connection that is just being closed as idle.
  server.keepAliveTimeout = 60_000;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;

  return {
    url: `http://127.0.0.1:${port}`,
    token,
    faults,
    requests,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      for (const connection of [redis, ...replicas]) connection.close();
    },
  };
}
