import { atLeast, type Check, type Table } from "./section.ts";
import { median, medianRatio } from "./stats.ts";

/** By name, the speeds at each concurrency, operations a second, one for each round. */
export type Speeds = ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>;

export const FLOOR = "GET and JSON.parse, ioredis";
/** The clients with which ours is set against its floor. */
export const CLIENTS = ["ioredis", "node-redis"] as const;
export const oursOn = (client: string): string => `redis-web-token, ${client}`;
export const bareOn = (client: string): string => `GET and JSON.parse, ${client}`;

export const ratio = (speeds: Speeds, name: string, floor: string, concurrency: number): number =>
  medianRatio(speeds.get(name)?.get(concurrency), speeds.get(floor)?.get(concurrency));

/** Speeds at each concurrency, and beside the floor of each at one of them. */
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
      ...concurrencies.map((c) => ({ name: `${c} at once`, unit: "/s" as const })),
      ...at.map((c) => ({ name: `beside the bare client, ${c}`, unit: "×" as const })),
    ],
    rows: [...speeds].map(([name, speed]) => [
      name,
      ...concurrencies.map((c) => median(speed.get(c) ?? [])),
      ...at.map((c) => ratio(speeds, name, floorOf(name), c)),
    ]),
  };
}

/** How ours stands to peers that are called in the same way. */
export const twiceAsFast = (
  what: string,
  speeds: Speeds,
  pairs: readonly (readonly [ours: string, peer: string])[],
): Check[] =>
  pairs.map(([ours, peer]) =>
    atLeast(`${what}, beside ${peer}, 64 at once`, 2, ratio(speeds, ours, peer, 64)),
  );
