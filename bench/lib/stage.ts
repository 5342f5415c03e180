import type { Redis } from "ioredis";
import { type RedisServer, startRedisServer } from "../../tools/redis-server.ts";
import { openIoredis } from "./clients.ts";
import type { OpenPeer, Peer } from "./peer.ts";
import type { Pace } from "./stats.ts";

/** How much is measured. */
export interface Settings extends Pace {
  readonly quick: boolean;
  /** Live sessions of the library and of the bare clients. The others, some of which are slow to sign in, have a fifth. */
  readonly sessions: number;
}

/** A Redis server for one work, with the sessions of all peers in it. */
export interface Stage {
  readonly redis: RedisServer;
  readonly admin: Redis;
  readonly peers: readonly Peer[];
  /** Live credentials of each, by name. */
  readonly credentials: ReadonlyMap<string, readonly string[]>;
}

/** Concurrent sign-ins while the sessions are made. */
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

/** Runs work with all peers, after each has signed in and was found to work. */
export async function onStage<T>(
  open: readonly OpenPeer[],
  sessions: number,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  await using ends = new AsyncDisposableStack();
  const redis = await startRedisServer();
  ends.defer(() => redis.stop());
  const admin = await openIoredis(redis.url);
  ends.defer(() => admin.disconnect());
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

/** Makes sure that a peer does what it is measured for. */
async function assertWorks(peer: Peer, credential: string): Promise<void> {
  const { name, verify, verifySliding = verify, forge } = peer;
  for (const check of [verify, verifySliding]) {
    if ((await check(credential))?.id !== "42") throw new Error(`${name} didn't find its user`);
  }
  if (forge && (await verify(forge(credential))) !== null) throw new Error(`${name} took a forgery`);
}
