import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";

/** What an operation costs on the wire and in Redis. The counts are exact, since operations run one after another. */
export interface Cost {
  /** How often each command ran, including the commands in scripts, which are billed too. */
  readonly commands: Readonly<Record<string, number>>;
  readonly total: number;
  readonly roundTrips: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export interface CountingProxy {
  readonly url: string;
  reset(): void;
  readonly counts: { roundTrips: number; sent: number; received: number };
  close(): void;
}

/** Starts a TCP proxy in front of Redis. A round trip begins with the first chunk that is sent after a reply. */
export async function startCountingProxy(redisPort: number): Promise<CountingProxy> {
  const counts = { roundTrips: 0, sent: 0, received: 0 };
  let waiting = false;
  const server = createServer((client) => {
    const redis = connect(redisPort, "127.0.0.1");
    client.on("data", (chunk) => {
      counts.sent += chunk.length;
      if (!waiting) counts.roundTrips++;
      waiting = true;
    });
    redis.on("data", (chunk) => {
      counts.received += chunk.length;
      waiting = false;
    });
    client.pipe(redis).pipe(client);
    for (const socket of [client, redis]) {
      socket.on("error", () => {
        client.destroy();
        redis.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `redis://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    counts,
    reset() {
      Object.assign(counts, { roundTrips: 0, sent: 0, received: 0 });
      waiting = false;
    },
    close: () => void server.close(),
  };
}

/** Milliseconds until commands that the caller didn't await have reached Redis too. */
const SETTLE = 30;

/** Counts how often each command ran in Redis during the work. */
export async function commandsOf(admin: Redis, work: () => Promise<unknown>): Promise<Map<string, number>> {
  await sleep(SETTLE);
  await admin.config("RESETSTAT");
  await work();
  await sleep(SETTLE);
  const stats = await admin.info("commandstats");
  const found = [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(
    ([, name = "", calls]) => [name, Number(calls)] as const,
  );
  return new Map(found.filter(([name]) => !/^(config|info|ping|client)\b/.test(name)));
}

/** Measures the average cost of an operation over several runs, one after another. */
export async function costOf(
  { admin, proxy }: { readonly admin: Redis; readonly proxy: CountingProxy },
  operation: (i: number) => Promise<unknown>,
  times: number,
): Promise<Cost> {
  await sleep(SETTLE);
  proxy.reset();
  const commands = await commandsOf(admin, async () => {
    for (let i = 0; i < times; i++) await operation(i);
  });
  const each = [...commands].map(([name, calls]) => [name, calls / times] as const);
  const { roundTrips, sent, received } = proxy.counts;
  return {
    commands: Object.fromEntries(each),
    total: each.reduce((sum, [, calls]) => sum + calls, 0),
    roundTrips: roundTrips / times,
    bytesSent: sent / times,
    bytesReceived: received / times,
  };
}

/** The commands as text, such as `GET, EXPIRE ×2`. */
export function commandList({ commands }: Cost): string {
  const names = Object.entries(commands)
    .toSorted()
    .map(([name, calls]) => {
      const upper = name.toUpperCase();
      return calls === 1 ? upper : `${upper} ×${Number(calls.toFixed(2))}`;
    });
  return names.join(", ") || "none";
}
