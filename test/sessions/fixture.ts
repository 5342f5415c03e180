import { Cluster, Redis } from "ioredis";
import {
  createRwtWithSessions,
  type SessionEvent,
  type SessionRwt,
  type SessionRwtOptions,
} from "../../src/sessions/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { createTimeMachine, type TimeMachine, tcpSender } from "../conformance/time-machine.ts";
import { atEnd } from "../support/at-end.ts";
import { ownClusterNode, ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

export const secret = "a secret of the tests, 32 bytes or more";

/** A store under test, with a clock that can be set forward. */
export interface Bench {
  readonly name: string;
  readonly store: TokenStore;
  readonly time: TimeMachine;
  /** The Redis behind it; none for the memory store. */
  readonly admin: Redis | undefined;
}

/** Every store that knows a person's sessions. */
export async function benches(): Promise<Bench[]> {
  const redis = await ownRedis();
  const rest = await ownRest(redis);
  const node = await ownClusterNode();
  const admins = [redis, node].map(({ url }) => new Redis(url));
  const cluster = new Cluster([node.url]);
  atEnd(() => {
    for (const client of [...admins, cluster]) client.disconnect();
  });
  const [admin, clusterAdmin] = admins as [Redis, Redis];
  const time = createTimeMachine(tcpSender(admin));
  const memoryTime = createTimeMachine();
  const kinds = storeKinds(redis, rest).map(({ name, open }) => ({ name, store: open(), time, admin }));
  const onCluster = {
    name: "ioredis, cluster",
    store: ioredisStore(cluster),
    time: createTimeMachine(tcpSender(clusterAdmin)),
    admin: clusterAdmin,
  };
  const memory = {
    name: "memory",
    store: memoryStore({ now: memoryTime.now }),
    time: memoryTime,
    admin: undefined,
  };
  return [memory, ...kinds, onCluster];
}

/** A service over a bench's store, and what it told. */
export function serviceOn<Data = unknown>(
  { store, time }: Bench,
  options: Partial<SessionRwtOptions<Data>> = {},
): SessionRwt<Data> & { readonly events: SessionEvent[] } {
  const events: SessionEvent[] = [];
  const onEvent = (event: SessionEvent) => void events.push(event);
  const rwt = createRwtWithSessions<Data>({ store, secret, now: time.now, onEvent, ...options });
  return { ...rwt, events };
}

let subjects = 0;
export const freshSubject = (): string => `subject ${subjects++}`;
