import type { Configuration } from "./configuration.ts";
import {
  inMemory,
  type OneRedis,
  oneRedis,
  type PlannedHost,
  type PlannedService,
} from "./outside/environment.ts";
import { threeMasters } from "./outside/masters.ts";

const SECRET = "history-secret-history-secret-0123456789abc";
const DEFAULTS = { secret: SECRET, expire: 600, maxLifetime: 3_600, timeout: 2_000 };
/** Shorter than the longest faults. */
const FAULTY_TIMEOUT = 700;
const LIMIT = { sessions: true, maxSessions: 4 };

type Extra = Partial<PlannedService>;
export const service = (
  name: string,
  client: PlannedService["client"],
  extra: Extra = {},
): PlannedService => ({
  ...DEFAULTS,
  name,
  client,
  ...extra,
});

const hostA: PlannedHost = {
  name: "a",
  runtime: "node",
  services: [
    service("io-sessions", "ioredis", { sessions: true, slides: true }),
    service("io-plain", "ioredis"),
    service("nr-sessions", "node-redis", { sessions: true }),
    service("io-encrypted", "ioredis", { sessions: true, encryption: "only" }),
    service("nr-encrypted", "node-redis", { encryption: "only" }),
    service("nr-either", "node-redis", { sessions: true, encryption: "acceptPlain" }),
    service("io-oldest", "ioredis", { ...LIMIT, onLimit: "endOldest" }),
    service("nr-reject", "node-redis", { ...LIMIT, onLimit: "reject" }),
  ],
};
const hostB: PlannedHost = {
  name: "b",
  runtime: "node",
  services: [
    service("up-sessions", "upstash", { sessions: true }),
    service("up-plain", "upstash", { slides: true }),
    service("nr-plain", "node-redis", { slides: true }),
    service("io-every", "ioredis", { sessions: true, slides: true, extendEvery: 5 }),
    service("nr-breaker", "node-redis", { sessions: true, breaker: { failures: 3, retryAfter: 300 } }),
    service("up-encrypted", "upstash", { sessions: true, encryption: "only", slides: true }),
    service("io-either", "ioredis", { encryption: "acceptPlain" }),
    service("nr-oldest", "node-redis", { ...LIMIT, onLimit: "endOldest" }),
    service("up-reject", "upstash", { ...LIMIT, onLimit: "reject" }),
  ],
};
const bunHost: PlannedHost = {
  name: "c",
  runtime: "bun",
  services: [
    service("bun-sessions", "bun", { sessions: true, slides: true }),
    service("bun-plain", "bun"),
    service("bun-encrypted", "bun", { sessions: true, encryption: "only" }),
  ],
};
const cachedHosts: readonly PlannedHost[] = [
  {
    name: "a",
    runtime: "node",
    services: [
      service("io-sessions", "ioredis", { sessions: true }),
      service("io-plain", "ioredis"),
      service("io-cached", "ioredis", { sessions: true, cache: { ttl: 1 } }),
      service("nr-cached", "node-redis", { sessions: true, cache: { ttl: 1, max: 20 } }),
      service("nr-encrypted", "node-redis", { sessions: true, encryption: "only", cache: { ttl: 1 } }),
    ],
  },
  {
    name: "b",
    runtime: "node",
    services: [
      service("up-cached", "upstash", { slides: true, cache: { ttl: 1 }, extendEvery: 3 }),
      service("nr-plain-cached", "node-redis", { cache: { ttl: 2 } }),
      service("io-sliding", "ioredis", { sessions: true, slides: true, cache: { ttl: 1 } }),
      service("nr-plain", "node-redis"),
      service("io-encrypted", "ioredis", { sessions: true, encryption: "only" }),
    ],
  },
];

/** The same hosts with some settings of each service changed. */
const withEach = (
  hosts: readonly PlannedHost[],
  extra: (one: PlannedService, i: number) => Extra,
): PlannedHost[] =>
  hosts.map((host) => ({ ...host, services: host.services.map((one, i) => ({ ...one, ...extra(one, i) })) }));

export const PERSONS = { plain: 8, encrypted: 2, mixed: 2, nobody: 1, endOldest: 2, reject: 2 };
const MIX = [hostA, hostB];
const FAULTY_MIX = withEach(MIX, () => ({ timeout: FAULTY_TIMEOUT }));
const CLOCKS = [300, 0, -300, 120, -299, 0, 300, -60] as const;

export const on = (environment: OneRedis, rest: Omit<Configuration, "start">): Configuration => ({
  ...rest,
  ...(environment.isFaulty && { isFaulty: true }),
  start: () => oneRedis(environment),
});

/** Short lifetimes, so that idle timeouts and deadlines pass within the run. */
const short = (hosts: readonly PlannedHost[], lives: Extra): PlannedHost[] =>
  withEach(hosts, ({ extendEvery }) => ({ ...lives, ...(extendEvery !== undefined && { extendEvery: 1 }) }));

/** The services of host a, all on one memory store. */
export const memoryServices = hostA.services.map(
  (one): PlannedService => ({ ...one, client: "memory", share: "memory" }),
);

export const CONFIGURATIONS: Readonly<Record<string, Configuration>> = {
  single: on({ hosts: MIX }, { persons: PERSONS, flows: 48 }),
  bun: on({ hosts: [...MIX, bunHost] }, { persons: PERSONS, flows: 32 }),
  memory: { persons: PERSONS, flows: 24, start: () => inMemory(memoryServices) },
  faults: on({ hosts: FAULTY_MIX, isFaulty: true }, { persons: PERSONS, flows: 32, pause: 12 }),
  "faults-bun": on(
    { hosts: withEach([...MIX, bunHost], () => ({ timeout: FAULTY_TIMEOUT })), isFaulty: true },
    { persons: PERSONS, flows: 32, pause: 12 },
  ),
  skew: on(
    { hosts: withEach(MIX, (_one, i) => ({ clockOffset: CLOCKS[i % CLOCKS.length] ?? 0 })) },
    { persons: PERSONS, flows: 40, isSkewed: true },
  ),
  cache: on({ hosts: cachedHosts }, { persons: { plain: 8, encrypted: 2, nobody: 1 }, flows: 32 }),
  "cache-faults": on(
    { hosts: withEach(cachedHosts, () => ({ timeout: FAULTY_TIMEOUT })), isFaulty: true },
    { persons: { plain: 8, encrypted: 2, nobody: 1 }, flows: 24, pause: 12 },
  ),
  "cache-own": on(
    {
      hosts: [
        {
          name: "a",
          runtime: "node",
          services: [
            service("io1", "ioredis", { sessions: true, cache: { ttl: 3 }, share: "x" }),
            service("io2", "ioredis", { sessions: true, slides: true, cache: { ttl: 3 }, share: "x" }),
            service("io3", "ioredis", { slides: true, cache: { ttl: 3 }, share: "x" }),
            service("io4", "ioredis", { cache: { ttl: 3 }, share: "x" }),
          ],
        },
      ],
    },
    { persons: { plain: 8, nobody: 1 }, flows: 32, isCacheShared: true },
  ),
  short: on(
    { hosts: short(MIX, { expire: 2, maxLifetime: 9 }) },
    { persons: { ...PERSONS, plain: 16 }, flows: 40, pause: 150, judgesIdle: true, expiresWithin: 16_000 },
  ),
  "short-faults": on(
    { hosts: short(FAULTY_MIX, { expire: 3, maxLifetime: 9 }), isFaulty: true },
    { persons: { ...PERSONS, plain: 16 }, flows: 40, pause: 100, judgesIdle: true, expiresWithin: 20_000 },
  ),
  evict: on({ hosts: MIX }, { persons: PERSONS, flows: 40, weights: { evict: 3, sign: 12 } }),
  "evict-faults": on(
    { hosts: FAULTY_MIX, isFaulty: true },
    { persons: PERSONS, flows: 32, pause: 12, weights: { evict: 3, sign: 12 } },
  ),
  // `maxmemory` holds about half of the data, so Redis evicts random keys.
  full: on(
    { hosts: MIX, args: ["--maxmemory", "2600kb", "--maxmemory-policy", "allkeys-random"] },
    {
      persons: { ...PERSONS, plain: 200 },
      flows: 40,
      target: 20,
      evictsSilently: true,
      weights: { sign: 30 },
    },
  ),
  crowd: on(
    { hosts: MIX },
    {
      persons: { plain: 1, encrypted: 1 },
      target: 700,
      flows: 48,
      weights: {
        verify: 25,
        verifyMany: 1,
        extend: 3,
        list: 3,
        sign: 30,
        destroy: 3,
        destroyAll: 0.03,
        updateAll: 4,
        rotate: 20,
      },
    },
  ),
  // Two secrets, in different orders. Each has its own person and index.
  ring: on(
    {
      hosts: withEach(
        MIX.map((host) => ({ ...host, services: host.services.filter(({ maxSessions }) => !maxSessions) })),
        (_one, i) => ({ secret: i % 2 === 0 ? [SECRET, `${SECRET}-older`] : [`${SECRET}-older`, SECRET] }),
      ),
    },
    { persons: { plain: 8, encrypted: 2, mixed: 2, nobody: 1 }, flows: 40, hasSeveralSecrets: true },
  ),
  cluster: {
    isFaulty: true,
    ownClients: true,
    calm: 3_000,
    lateBy: 4_000,
    persons: { plain: 6, nobody: 1, encrypted: 2, endOldest: 2 },
    flows: 32,
    pause: 8,
    start: () =>
      threeMasters([
        {
          name: "a",
          runtime: "node",
          services: [
            service("io-sessions", "ioredis-cluster", { sessions: true }),
            service("nr-plain", "node-redis-cluster", { slides: true }),
            service("io-encrypted", "ioredis-cluster", { sessions: true, encryption: "only" }),
            service("io-oldest", "ioredis-cluster", { ...LIMIT, onLimit: "endOldest" }),
          ],
        },
        {
          name: "b",
          runtime: "node",
          services: [
            service("nr-sessions", "node-redis-cluster", { sessions: true }),
            service("io-plain", "ioredis-cluster"),
            service("nr-encrypted", "node-redis-cluster", { sessions: true, encryption: "only" }),
          ],
        },
      ]),
  },
};
