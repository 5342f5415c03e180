/** What the driver and the processes that host services tell each other. All of it survives JSON. */

export interface ServiceSpec {
  readonly name: string;
  readonly client:
    | "memory"
    | "ioredis"
    | "node-redis"
    | "bun"
    | "upstash"
    | "ioredis-cluster"
    | "node-redis-cluster";
  /** A URL, or several of a cluster. */
  readonly urls: readonly string[];
  /** For REST. */
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
  /** Services of one process with the same name here share a store. */
  readonly share?: string;
  /** Seconds that the service's clock is ahead. */
  readonly clockOffset?: number;
  /** A lie that the service tells now and then: see mutations.ts. */
  readonly mutation?: string;
}

/** The data of a session in these tests. */
export interface Data {
  /** The session, except in data for all of a person's sessions. */
  readonly u?: string;
  /** The write, a unique name. */
  readonly w: string;
  readonly s?: string;
  /** Text that follows from the write's name and is hard to cut out of JSON. */
  readonly p: unknown;
  /** For an update by a function: the write whose data it was given. */
  readonly after?: string;
}

export interface Calls {
  sign: { data: Data; subject?: string; meta: { m: string; q: string } };
  /** The caller gives up after so many milliseconds: at once, within the tick, for 0. */
  verify: { token: string; patience?: number };
  verifyMany: { tokens: readonly string[] };
  extend: { token: string; expire?: number };
  destroy: { token: string };
  destroyById: { subject: string; id: string };
  destroyAll: { subject: string; except?: string };
  update: { token: string; data: Data };
  updateBy: { token: string; data: Data };
  updateAll: { subject: string; data: Data };
  rotate: { token: string; grace?: number; retry?: false };
  list: { subject: string; limit: number; current?: string };
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

/** A token, and the public id that `idOf` gives for it. */
export interface Issued {
  readonly token: string;
  readonly id: string;
}

export interface Answers {
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
  rotate: Issued | null;
  list: { sessions: readonly Listed[]; pages: number };
}

/** The code of a failure because the caller gave up. */
export const GAVE_UP = "GAVE_UP";

export interface Failure {
  readonly name: string;
  readonly code: string;
  readonly reason: string;
  readonly cause: string;
  /** For errors that aren't the library's. */
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
  /** By the host's clock, where that is the driver's too. */
  readonly from?: number;
  readonly to?: number;
  /** How long the host got no processor during a call that failed, milliseconds. */
  readonly lag?: number;
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
  | { readonly fatal: string }
  | { readonly stopped: readonly string[] };
