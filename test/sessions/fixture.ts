import { Cluster, Redis } from "ioredis";
import { createRwt, type Rwt, type RwtOptions } from "../../src/index.ts";
import {
  type SessionEvent,
  type SessionMethods,
  type SessionsOptions,
  sessions,
} from "../../src/sessions/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { createTimeMachine, type TimeMachine, tcpSender } from "../conformance/time-machine.ts";
import { atEnd } from "../support/at-end.ts";
import { ownClusterNode, ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

export const secret = "a secret of the tests, 32 bytes or more";

/** A store under test, and a clock that can be set forward. */
export interface Bench {
  readonly name: string;
  readonly store: TokenStore;
  readonly time: TimeMachine;
  /** The Redis behind it. `undefined` for the memory store. */
  readonly admin: Redis | undefined;
}

/** All kinds of stores. */
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
  const kinds = storeKinds(redis, rest).map(({ name, open }) => ({ name, store: open(), time, admin }));
  const onCluster = {
    name: "ioredis, cluster",
    store: ioredisStore(cluster),
    time: createTimeMachine(tcpSender(clusterAdmin)),
    admin: clusterAdmin,
  };
  return [memoryBench(), ...kinds, onCluster];
}

export function memoryBench(): Bench {
  const time = createTimeMachine();
  return { name: "memory", store: memoryStore({ now: time.now }), time, admin: undefined };
}

/** Memory and one Redis, for tests that don't depend on the client. */
export async function twoBenches(): Promise<Bench[]> {
  const redis = await ownRedis();
  const admin = new Redis(redis.url);
  const store = ioredisStore(redis.url);
  atEnd(() => {
    admin.disconnect();
    return store.disconnect();
  });
  return [memoryBench(), { name: "Redis", store, time: createTimeMachine(tcpSender(admin)), admin }];
}

/** A service with sessions. */
export type SessionsRwt<Data = unknown> = Rwt<Data> & SessionMethods<Data>;

/** Options of a service on a bench, and of its sessions. */
export type ServiceOptions = Partial<Omit<RwtOptions, "store">> &
  Pick<SessionsOptions, "maxSessions" | "onLimit">;

const told = new WeakMap<object, SessionEvent[]>();

/** Makes a service on a bench's store. */
export function serviceOn<Data = unknown>(
  { store, time }: Pick<Bench, "store" | "time">,
  { maxSessions, onLimit, ...options }: ServiceOptions = {},
): SessionsRwt<Data> {
  const events: SessionEvent[] = [];
  const onEvent = (event: SessionEvent) => void events.push(event);
  const rwt = createRwt<Data>({ store, secret, now: time.now, ...options }).with(
    sessions({ maxSessions, onLimit, onEvent }),
  );
  told.set(rwt, events);
  return rwt;
}

/** The events of a service of {@link serviceOn} so far. */
export const eventsOf = (rwt: object): readonly SessionEvent[] => told.get(rwt) ?? [];

let subjects = 0;
export const freshSubject = (): string => `subject ${subjects++}`;

/** Fails if a key has no expiry. */
export async function expectExpiries(admin: Redis | undefined): Promise<void> {
  for (const key of (await admin?.keys("*")) ?? []) {
    const ttl = await admin?.pttl(key);
    // It may have expired in the meantime.
    if (ttl === -1) throw new Error(`${key} has no expiry`);
  }
}
