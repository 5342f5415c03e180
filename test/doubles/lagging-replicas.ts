import { setTimeout as sleep } from "node:timers/promises";
import { type RedisServer, startRedisServer } from "../../tools/redis-server.ts";
import { delayingProxy } from "./delaying-proxy.ts";
import { connectToRedis } from "./rest-server/redis-connection.ts";

/** A primary, and replicas that get its changes late. */
export interface LaggingReplicas {
  readonly primary: RedisServer;
  readonly replicas: readonly RedisServer[];
  stop(): Promise<void>;
}

/**
 * Starts real Redis servers: a primary, and replicas that replicate from it through a proxy, which passes on late what it sends.
 *
 * @param lags - of each replica, in milliseconds
 */
export async function startLaggingReplicas(lags: readonly number[]): Promise<LaggingReplicas> {
  // Starts to send the data at once, instead of waiting for more replicas.
  const primary = await startRedisServer({ args: ["--repl-diskless-sync-delay", "0"] });
  const proxies = await Promise.all(lags.map(() => delayingProxy(primary.port)));
  const replicas = await Promise.all(
    proxies.map(({ port }) => startRedisServer({ args: ["--replicaof", "127.0.0.1", String(port)] })),
  );
  await Promise.all(replicas.map(untilLinked));
  for (const [i, proxy] of proxies.entries()) proxy.lag = lags[i] ?? 0;
  return {
    primary,
    replicas,
    async stop() {
      for (const proxy of proxies) proxy.close();
      await Promise.all([primary, ...replicas].map((server) => server.stop()));
    },
  };
}

async function untilLinked({ url }: RedisServer): Promise<void> {
  const { send, close } = connectToRedis(url);
  for (;;) {
    const outcome = await send(["INFO", "replication"]);
    if ("result" in outcome && String(outcome.result).includes("master_link_status:up")) return close();
    await sleep(20);
  }
}
