import { createRwt, type Rwt, type TokenStore } from "redis-web-token";
import { encryption } from "redis-web-token/encryption";
import { memoryStore } from "redis-web-token/memory";
import { type SessionMethods, sessions } from "redis-web-token/sessions";
import { type WatchMethods, watch } from "redis-web-token/watch";
import { type OnceOperations, onceOperations } from "./once/service.ts";
import {
  type Answers,
  type Calls,
  type Data,
  GAVE_UP,
  type Operation,
  type Seen,
  type ServiceSpec,
} from "./protocol.ts";

/** A service on a host. */
export interface RunningService {
  readonly spec: ServiceSpec;
  readonly rwt: Pick<Rwt<Data>, "connect" | "disconnect">;
  readonly store: TokenStore;
  run<Op extends Operation>(operation: Op, call: Calls[Op]): Promise<Answers[Op]>;
}

export type IdReader = (token: string) => Promise<string>;

/** A list with more pages than this is assumed not to end. */
const MOST_PAGES = 5_000;

/** Creates a service from its spec. Services with the same `share` get the same store. */
export async function openService(
  spec: ServiceSpec,
  shared: Map<string, TokenStore>,
  idOf: IdReader,
  onEvent: (type: string, subject: string | undefined) => void,
): Promise<RunningService> {
  const known = spec.share === undefined ? undefined : shared.get(spec.share);
  const store = known ?? (await openStore(spec));
  if (spec.share !== undefined) shared.set(spec.share, store);
  const ahead = spec.clockOffset ?? 0;
  const core = createRwt<Data>({
    store,
    secret: spec.secret,
    expire: spec.expire,
    maxLifetime: spec.maxLifetime,
    verifyExtendsToken: spec.slides ?? false,
    now: () => Math.floor(Date.now() / 1000) + ahead,
  });
  const watched = core.with(watch({ every: 1 }));
  const base =
    spec.encryption === undefined
      ? watched
      : watched.with(encryption({ acceptPlain: spec.encryption === "acceptPlain" }));
  const once = onceOperations(store, spec);
  if (!spec.sessions) return { spec, rwt: base, store, run: runner(store, base, undefined, once, idOf) };
  const rwt = base.with(
    sessions({
      ...(spec.maxSessions !== undefined && { maxSessions: spec.maxSessions }),
      ...(spec.onLimit !== undefined && { onLimit: spec.onLimit }),
      onEvent: (event) => onEvent(event.type, event.subject),
    }),
  );
  return { spec, rwt, store, run: runner(store, rwt, rwt, once, idOf) };
}

/** Computes public ids, which depend only on the secret. */
export function idReader(specs: readonly ServiceSpec[]): IdReader {
  const secrets = [...new Set(specs.flatMap(({ secret }) => secret))];
  const reader = createRwt({ store: memoryStore(), secret: secrets }).with(sessions());
  return async (token) => (await reader.idOf(token)) ?? "no id";
}

async function openStore(spec: ServiceSpec): Promise<TokenStore> {
  const { client, urls, timeout, cache, extendEvery, breaker } = spec;
  const [url = ""] = urls;
  const options = {
    timeout,
    ...(cache && { cache }),
    ...(extendEvery !== undefined && { extendEvery }),
    ...(breaker && { breaker }),
  };
  if (client === "memory") return memoryStore();
  if (client === "ioredis") return (await import("redis-web-token/ioredis")).ioredisStore(url, options);
  if (client === "node-redis")
    return (await import("redis-web-token/node-redis")).nodeRedisStore(url, options);
  if (client === "bun") return (await import("redis-web-token/bun")).bunRedisStore(url, options);
  if (client === "upstash") {
    const { upstashStore } = await import("redis-web-token/upstash");
    return upstashStore({ url, token: spec.bearer ?? "" }, options);
  }
  if (client === "ioredis-cluster") {
    const { Cluster } = await import("ioredis");
    const cluster = new Cluster([...urls], { redisOptions: { connectTimeout: 1_000 } });
    cluster.on("error", () => {});
    return (await import("redis-web-token/ioredis")).ioredisStore(cluster, options);
  }
  const { createCluster } = await import("redis");
  const cluster = createCluster({ rootNodes: urls.map((node) => ({ url: node })) });
  cluster.on("error", () => {});
  return (await import("redis-web-token/node-redis")).nodeRedisStore(cluster, options);
}

/** @param milliseconds - 0 aborts in the next microtask */
function endingAfter(milliseconds: number): AbortSignal {
  const controller = new AbortController();
  const end = (): void => controller.abort(Object.assign(new Error("the caller gave up"), { code: GAVE_UP }));
  if (milliseconds === 0) queueMicrotask(end);
  else setTimeout(end, milliseconds);
  return controller.signal;
}

/** The header of a person's value. It changes with each `updateAll`. */
export const headerAt = async (store: TokenStore, key: string): Promise<string> =>
  String(
    await store.run({ name: "GETRANGE", keys: [key], args: ["GETRANGE", key, "0", "21"], write: false }),
  );

function runner(
  store: TokenStore,
  rwt: Rwt<Data> & WatchMethods<Data>,
  withSessions: SessionMethods<Data> | undefined,
  once: OnceOperations,
  idOf: IdReader,
): RunningService["run"] {
  const needed = (): SessionMethods<Data> => {
    if (withSessions === undefined) throw new Error("the service has no sessions()");
    return withSessions;
  };
  const issued = async (token: string) => ({ token, id: await idOf(token) });
  const seen = async (token: string, patience?: number): Promise<Seen | null> => {
    const session = await rwt.verify(token, patience === undefined ? {} : { signal: endingAfter(patience) });
    if (session === null) return null;
    const { data, subject, meta, deadline } = session;
    const m = meta?.m;
    return {
      data,
      deadline,
      ...(subject !== undefined && { subject }),
      ...(typeof m === "string" && { m }),
    };
  };
  const operations: { readonly [Op in Operation]: (call: Calls[Op]) => Promise<Answers[Op]> } = {
    ...once,
    sign: async ({ data, ...options }) => issued(await rwt.sign(data, options)),
    verify: ({ token, patience }) => seen(token, patience),
    verifyMany: ({ tokens }) => Promise.all(tokens.map((token) => seen(token))),
    extend: ({ token, ...options }) => rwt.extend(token, options),
    destroy: ({ token }) => rwt.destroy(token),
    destroyById: ({ subject, id }) => needed().destroyById(subject, id),
    destroyAll: ({ subject, ...options }) => needed().destroyAll(subject, options),
    update: ({ token, data }) => needed().update(token, data),
    async updateBy({ token, data }) {
      let after: string | undefined;
      const done = await needed().update(token, (present) => {
        after = present.w;
        return { ...data, after };
      });
      return { done, ...(after !== undefined && { after }) };
    },
    updateAll: ({ subject, data }) => needed().updateAll(subject, data),
    async updateAllBy({ subject, key, data }) {
      let loadedAt: string | undefined;
      const done = await needed().updateAll(subject, async () => {
        loadedAt = await headerAt(store, key);
        return data;
      });
      return { done, ...(loadedAt !== undefined && { loadedAt }) };
    },
    async rotate({ token, ...options }) {
      const next = await needed().rotate(token, options);
      return next === null ? null : issued(next);
    },
    async list({ subject, ...options }) {
      const found = [];
      let cursor: string | undefined;
      let pages = 0;
      do {
        const page = await needed().list(subject, { ...options, ...(cursor !== undefined && { cursor }) });
        found.push(...page.sessions);
        cursor = page.cursor;
        pages++;
      } while (cursor !== undefined && pages < MOST_PAGES);
      const shown = found.map(({ id, meta, idle, deadline, current }) => ({
        id,
        idle,
        deadline,
        current,
        ...(typeof meta?.m === "string" && { m: meta.m }),
      }));
      return { sessions: shown, pages };
    },
    async watch({ token, for: milliseconds }) {
      const watching = rwt.watch(token, { signal: AbortSignal.timeout(milliseconds) });
      let ends = 0;
      for await (const { type } of watching) if (type === "ended") ends++;
      return { ends, reason: (await watching.ended)?.reason ?? null };
    },
  };
  return (operation, call) => operations[operation](call);
}
