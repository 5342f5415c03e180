import { Redis } from "ioredis";
import { createClient } from "redis";

// This file isn't in bench/peers, because its node_modules has the old `redis` that two of the peers need.
const connected = async (url: string) => createClient({ url }).connect();
export type NodeRedis = Awaited<ReturnType<typeof connected>>;

/** The settings of ioredis that make a difference to speed. */
export interface IoredisSettings {
  readonly enableAutoPipelining?: boolean;
}

export async function openIoredis(url: string, settings: IoredisSettings = {}): Promise<Redis> {
  const client = new Redis(url, settings);
  await client.ping();
  return client;
}

export async function openNodeRedis(url: string): Promise<NodeRedis> {
  return connected(url);
}
