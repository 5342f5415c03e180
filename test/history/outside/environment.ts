import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { Checker } from "../checker.ts";
import type { HostSpec } from "../fleet.ts";
import type { Stall } from "../lag.ts";
import type { ServiceSpec } from "../protocol.ts";
import { type RedisServer, startRedisServer } from "./doubles.ts";
import { nemesis } from "./nemesis.ts";
import { openNetwork } from "./open-network.ts";

/** The processes and servers of a run. */
export interface Environment {
  readonly hosts: readonly HostSpec[];
  /** The ports of the Redis servers whose keys are scanned. */
  readonly ports: readonly number[];
  /** Sets the listener for stalls of the network process. */
  readonly onStall?: (hear: (stall: Stall) => void) => void;
  /** Deletes a key. */
  readonly remove?: (key: string) => Promise<void>;
  /** Injects faults until the run is over. */
  readonly nemesis?: (checker: Checker, isOver: () => boolean) => Promise<void>;
  stop(): Promise<void>;
}

/** A service whose Redis hasn't been started yet. */
export type PlannedService = Omit<ServiceSpec, "urls" | "bearer">;

export interface PlannedHost {
  readonly name: string;
  readonly runtime: HostSpec["runtime"];
  readonly services: readonly PlannedService[];
}

export interface OneRedis {
  readonly hosts: readonly PlannedHost[];
  readonly isFaulty?: boolean;
  /** Further arguments of redis-server. */
  readonly args?: readonly string[];
  /** The names of the faults. By default all. */
  readonly faults?: readonly string[];
}

/** One Redis, behind proxies if faults are to be injected. */
export async function oneRedis({
  hosts,
  isFaulty = false,
  args = [],
  faults,
}: OneRedis): Promise<Environment> {
  const directory = mkdtempSync(join(tmpdir(), "rwt-history-"));
  // Acknowledged writes must survive SIGKILL.
  const durable = ["--dir", directory, "--appendonly", "yes", "--appendfsync", "always"];
  const redis = await startRedisServer({ args: [...(isFaulty ? durable : []), ...args] });
  const network = await openNetwork(redis.port, hosts.length, isFaulty);
  const admin = watcher(redis.port);
  return {
    hosts: hosts.map((host, i) => ({
      ...host,
      services: host.services.map((service) =>
        placed(service, network.tcp[i], network.http[i], network.bearer),
      ),
    })),
    ports: [redis.port],
    onStall: network.hearStalls,
    remove: (key) => removeSurely(admin, key),
    nemesis: isFaulty
      ? (checker, isOver) => nemesis(checker, isOver, { redis, network, admin }, faults)
      : (checker, isOver) => flushScripts(checker, isOver, admin),
    async stop() {
      admin.disconnect();
      network.close();
      await redis.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const placed = (
  service: PlannedService,
  tcp: number | undefined,
  http: number | undefined,
  bearer: string,
): ServiceSpec =>
  service.client === "upstash"
    ? { ...service, urls: [`http://127.0.0.1:${http}`], bearer }
    : { ...service, urls: [`redis://127.0.0.1:${tcp}`] };

/** The checker's own connection, which reconnects by itself. */
export function watcher(port: number): Redis {
  const redis = new Redis(port, "127.0.0.1", { retryStrategy: () => 200, maxRetriesPerRequest: 0 });
  redis.on("error", () => {});
  return redis;
}

/** Retries while Redis is killed, frozen or starting. */
async function removeSurely(admin: Redis, key: string): Promise<void> {
  for (;;) {
    try {
      await admin.del(key);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Flushes scripts, which the services must not notice. */
async function flushScripts(checker: Checker, isOver: () => boolean, admin: Redis): Promise<void> {
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, checker.chance.between(200, 3_000)));
    await admin.script("FLUSH").catch(() => {});
    checker.observe("scripts flushed");
  }
}

/** The services of one process, by default this one, on one memory store. */
export const inMemory = async (
  services: readonly PlannedService[],
  runtime: HostSpec["runtime"] = "here",
): Promise<Environment> => ({
  hosts: [{ name: "m", runtime, services: services.map((service) => ({ ...service, urls: [] })) }],
  ports: [],
  stop: async () => {},
});

export type { RedisServer };
