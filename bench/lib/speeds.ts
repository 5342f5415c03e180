import { atLeast, type Check, type Table } from "./section.ts";
import { median, medianRatio } from "./stats.ts";

/** Speeds by name and concurrency: operations per second, one number for each round. */
export type Speeds = ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>;

export const FLOOR = "GET and JSON.parse, ioredis";
/** The clients with which the library is compared with the bare client. */
export const CLIENTS = ["ioredis", "node-redis"] as const;
/** ioredis with `enableAutoPipelining`: its best setting for many concurrent calls, but a slower one for few. */
export const PIPELINED = "ioredis, auto-pipelining";
export type Client = (typeof CLIENTS)[number] | typeof PIPELINED;

/** The clients in every setting that makes a difference to speed. */
export const IN_EVERY_SETTING: readonly Client[] = [...CLIENTS, PIPELINED];

export const bareOn = (client: Client): string => `GET and JSON.parse, ${client}`;
export const oursOn = (client: Client): string => `redis-web-token, ${client}`;
export const withSubject = (client: Client): string => `${oursOn(client)}, with a subject`;
export const IN_HONO = "redis-web-token, as a Hono middleware";
export const notMemoized = (name: string): string => `${name}, not yet memoized`;

export const ratio = (speeds: Speeds, name: string, floor: string, concurrency: number): number =>
  medianRatio(speeds.get(name)?.get(concurrency), speeds.get(floor)?.get(concurrency));

/** The bare client in its best setting: the faster of its bare rows. */
export function bestBareOn(speeds: Speeds, client: Client, concurrency: number): string {
  const [plain, pipelined] = [bareOn("ioredis"), bareOn(PIPELINED)];
  if (client === "node-redis") return bareOn(client);
  const speed = (name: string) => median(speeds.get(name)?.get(concurrency) ?? []);
  return speed(pipelined) > speed(plain) ? pipelined : plain;
}

/** A table of the speeds at each concurrency, and for some of them the ratio to the bare client. */
export function speedTable(
  title: string,
  speeds: Speeds,
  floorOf: (name: string) => string,
  [...concurrencies]: readonly number[],
): Table {
  const at = concurrencies.includes(64) ? [64, 256].filter((c) => concurrencies.includes(c)) : concurrencies;
  return {
    title,
    columns: [
      { name: "" },
      ...concurrencies.map((c) => ({ name: `${c} concurrent`, unit: "/s" as const })),
      ...at.map((c) => ({ name: `ratio to the bare client, ${c}`, unit: "×" as const })),
    ],
    rows: [...speeds].map(([name, speed]) => [
      name,
      ...concurrencies.map((c) => median(speed.get(c) ?? [])),
      ...at.map((c) => ratio(speeds, name, floorOf(name), c)),
    ]),
  };
}

/** Checks that the library is twice as fast as peers that are called in the same way. */
export const twiceAsFast = (
  what: string,
  speeds: Speeds,
  pairs: readonly (readonly [ours: string, peer: string])[],
): Check[] =>
  pairs.map(([ours, peer]) =>
    atLeast(`${what}, 64 concurrent, compared with ${peer}`, 2, ratio(speeds, ours, peer, 64)),
  );
