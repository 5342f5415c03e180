import { setTimeout as sleep } from "node:timers/promises";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { type LaggingReplicas, startLaggingReplicas } from "../doubles/lagging-replicas.ts";
import { connectToRedis } from "../doubles/rest-server/redis-connection.ts";
import { type RestServer, startRestServer } from "../doubles/rest-server/server.ts";
import { type SplittingProxy, splittingProxy } from "../doubles/splitting-proxy.ts";

/** A primary with replicas that lag, reached over HTTP as Upstash is, and over TCP through a proxy that sends reads to a replica. */
export interface Environment {
  readonly redis: LaggingReplicas;
  readonly rest: RestServer;
  readonly proxy: SplittingProxy;
  /** Opens a store over HTTP, or over TCP. Each store is a service in a place of its own. */
  open(transport: Transport): TokenStore;
  /** Resolves once the replicas have what the primary has now. */
  untilReplicated(): Promise<void>;
  stop(): Promise<void>;
}

export type Transport = "HTTP" | "TCP";

/** Milliseconds that a call may take on a busy machine. */
const TIMEOUT_MS = 20_000;

/** @param lags - of each replica, in milliseconds */
export async function startEnvironment(lags: readonly number[]): Promise<Environment> {
  const redis = await startLaggingReplicas(lags);
  const [primaryUrl, ...replicaUrls] = [redis.primary, ...redis.replicas].map(({ url }) => url);
  if (primaryUrl === undefined) throw new Error("no primary");
  const rest = await startRestServer({ redisUrl: primaryUrl, replicaUrls, redisTimeout: TIMEOUT_MS });
  const proxy = await splittingProxy(primaryUrl, replicaUrls[0] ?? primaryUrl, TIMEOUT_MS);
  const opened: TokenStore[] = [];

  return {
    redis,
    rest,
    proxy,
    open(transport) {
      const store =
        transport === "TCP"
          ? ioredisStore(proxy.url, { timeout: TIMEOUT_MS })
          : upstashStore({ url: rest.url, token: rest.token }, { timeout: TIMEOUT_MS });
      opened.push(store);
      return store;
    },
    async untilReplicated() {
      const wanted = await offsetOf(primaryUrl);
      for (const url of replicaUrls) while ((await offsetOf(url)) < wanted) await sleep(20);
    },
    async stop() {
      await Promise.all(opened.map((store) => store.disconnect()));
      proxy.close();
      await rest.close();
      await redis.stop();
    },
  };
}

async function offsetOf(url: string): Promise<number> {
  const { send, close } = connectToRedis(url);
  const outcome = await send(["INFO", "replication"]);
  close();
  return Number(
    /^(?:slave|master)_repl_offset:(\d+)/m.exec("result" in outcome ? String(outcome.result) : "")?.[1],
  );
}
