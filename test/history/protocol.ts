import type { Stall } from "./lag.ts";
import type { OnceAnswers, OnceCalls } from "./once/protocol.ts";

/** The messages between the driver and the hosts. All of them survive JSON. */

export interface ServiceSpec {
  readonly name: string;
  readonly client:
    | "memory"
    | "ioredis"
    | "node-redis"
    | "bun"
    | "upstash"
    | "ioredis-cluster"
    | "node-redis-cluster"
    | "bridge";
  /** The command line of a client's bridge, in another language. */
  readonly command?: string;
  /** One URL, or the URLs of a cluster's nodes. */
  readonly urls: readonly string[];
  /** The token of the REST API. */
  readonly bearer?: string;
  readonly secret: string | readonly string[];
  readonly expire: number;
  readonly maxLifetime: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly slides?: boolean;
  readonly sessions?: boolean;
  readonly maxSessions?: number;
  readonly onLimit?: "endOldest" | "reject";
  readonly encryption?: "only" | "acceptPlain";
  readonly cache?: { readonly ttl: number; readonly max?: number };
  readonly extendEvery?: number;
  readonly breaker?: { readonly failures: number; readonly retryAfter: number };
  /** Services of one host with the same value share a store. */
  readonly share?: string;
  /** How far the service's clock is ahead, seconds. */
  readonly clockOffset?: number;
  /** The lie that the service tells: see mutations.ts. */
  readonly mutation?: string;
}

/** The data of a session. */
export interface Data {
  /** The session's name. Absent in the data of `updateAll`. */
  readonly u?: string;
  /** The unique name of the write. */
  readonly w: string;
  readonly s?: string;
  /** Derived from the write's name, and hard to parse out of JSON text. */
  readonly p: unknown;
  /** For an update by a function: the write whose data the function received. */
  readonly after?: string;
}

export interface Calls extends OnceCalls {
  sign: { data: Data; subject?: string; meta: { m: string; q: string } };
  /** The caller aborts after this many milliseconds. 0 aborts within the same tick. */
  verify: { token: string; patience?: number };
  verifyMany: { tokens: readonly string[] };
  extend: { token: string; expire?: number };
  destroy: { token: string };
  destroyById: { subject: string; id: string };
  destroyAll: { subject: string; except?: string };
  update: { token: string; data: Data };
  updateBy: { token: string; data: Data };
  updateAll: { subject: string; data: Data };
  /** @param key - the person's Redis key */
  updateAllBy: { subject: string; key: string; data: Data };
  rotate: { token: string; grace?: number; retry?: false };
  list: { subject: string; limit: number; current?: string };
  /** Watches for this many milliseconds, or until the session ends. */
  watch: { token: string; for: number };
}
export type Operation = keyof Calls;

export interface Seen {
  readonly data: Data;
  readonly subject?: string;
  readonly m?: string;
  readonly deadline: number;
}

export interface Listed {
  readonly id: string;
  readonly m?: string;
  readonly idle: number;
  readonly deadline: number;
  readonly current: boolean;
}

/** A token and its public id, as `idOf` returns it. */
export interface Issued {
  readonly token: string;
  readonly id: string;
}

export interface Answers extends OnceAnswers {
  sign: Issued;
  verify: Seen | null;
  verifyMany: readonly (Seen | null)[];
  extend: boolean;
  destroy: boolean;
  destroyById: boolean;
  destroyAll: boolean;
  update: boolean;
  updateBy: { done: boolean; after?: string };
  updateAll: boolean;
  /** `loadedAt` is what the person's header was when the function ran for the last time. */
  updateAllBy: { done: boolean; loadedAt?: string };
  rotate: Issued | null;
  list: { sessions: readonly Listed[]; pages: number };
  /** How many ends it told, and why the session ended. */
  watch: { ends: number; reason: string | null };
}

/** The failure code of an aborted call. */
export const GAVE_UP = "GAVE_UP";

export interface Failure {
  readonly name: string;
  readonly code: string;
  readonly reason: string;
  readonly cause: string;
  /** The stack of an unexpected error. */
  readonly stack: string;
}

export interface Request {
  readonly id: number;
  readonly service: number;
  readonly operation: Operation;
  readonly call: Calls[Operation];
}

export interface Reply {
  readonly id: number;
  /** By the host's clock, if it shares the driver's. */
  readonly from?: number;
  readonly to?: number;
  readonly failure?: Failure;
  readonly answer?: unknown;
}

export interface Usage {
  readonly heap: number;
  readonly descriptors: number;
  readonly handles: number;
}

export type ToHost =
  | { readonly services: readonly ServiceSpec[] }
  | { readonly requests: readonly Request[] }
  | { readonly usage: true }
  | { readonly stop: true };

export type FromHost =
  | { readonly ready: true }
  | { readonly replies: readonly Reply[] }
  | { readonly event: { readonly service: number; readonly type: string; readonly subject?: string } }
  | { readonly usage: Usage }
  | { readonly stall: Stall }
  | { readonly fatal: string }
  | { readonly stopped: readonly string[] };
