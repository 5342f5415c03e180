import type { Redis } from "ioredis";
import { type RedisServer, startRedisServer } from "../../tools/redis-server.ts";
import { openIoredis } from "./clients.ts";
import type { OpenPeer, Peer } from "./peer.ts";
import type { Pace } from "./stats.ts";

/** How much to measure. */
export interface Settings extends Pace {
  readonly quick: boolean;
  /** Live sessions of the library and of the bare clients. Peers have a fifth as many, since some are slow to sign in. */
  readonly sessions: number;
}

/** A Redis server for one benchmark, with the sessions of all peers. */
export interface Stage {
  readonly redis: RedisServer;
  readonly admin: Redis;
  readonly peers: readonly Peer[];
  /** Live credentials, by the peer's name. */
  readonly credentials: ReadonlyMap<string, readonly string[]>;
}

/** Concurrent sign-ins while sessions are created. */
const CONCURRENCY = 64;

export async function signMany(peer: Pick<Peer, "sign">, count: number): Promise<string[]> {
  const credentials: string[] = [];
  const worker = async () => {
    while (credentials.length + CONCURRENCY <= count) credentials.push(await peer.sign());
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  while (credentials.length < count) credentials.push(await peer.sign());
  return credentials.slice(0, count);
}

/** Starts a Redis, and opens a connection to it for the benchmark's own commands. */
export async function openRedis(
  ends: AsyncDisposableStack,
): Promise<{ readonly redis: RedisServer; readonly admin: Redis }> {
  const redis = await startRedisServer();
  ends.defer(() => redis.stop());
  const admin = await openIoredis(redis.url);
  ends.defer(() => admin.disconnect());
  return { redis, admin };
}

/** Signs in with each peer, checks that it works, and then runs work with all of them. */
export async function onStage<T>(
  open: readonly OpenPeer[],
  sessions: number,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  await using ends = new AsyncDisposableStack();
  const { redis, admin } = await openRedis(ends);
  const peers: Peer[] = [];
  const credentials = new Map<string, string[]>();
  for (const openPeer of open) {
    const peer = await openPeer(redis.url);
    ends.defer(() => peer.close());
    const others = peer.kind === "peer" || peer.kind === "stateless";
    const signed = await signMany(peer, others ? Math.ceil(sessions / 5) : sessions);
    await assertWorks(peer, signed[0] ?? "");
    peers.push(peer);
    credentials.set(peer.name, signed);
  }
  return await work({ redis, admin, peers, credentials });
}

/** Checks that a peer really verifies and rejects. */
async function assertWorks(peer: Peer, credential: string): Promise<void> {
  const { name, verify, verifySliding = verify, forge } = peer;
  for (const check of [verify, verifySliding]) {
    if ((await check(credential))?.id !== "42") throw new Error(`${name} didn't return its user`);
  }
  if (forge && (await verify(forge(credential))) !== null) throw new Error(`${name} accepted a forgery`);
}
