import type { Random } from "../fuzz/random.ts";
import type { Group } from "./model/person.ts";
import type { OnceCalls } from "./once/protocol.ts";
import type { Environment } from "./outside/environment.ts";
import type { Operation } from "./protocol.ts";

/** What a flow can do next. */
export type Choice =
  | Exclude<Operation, keyof OnceCalls | "watch">
  | "replay"
  | "run"
  | "evict"
  | "stranger"
  | "once";

/** What a run consists of: services, persons and faults. */
export interface Configuration {
  /** The number of persons in each group. */
  readonly persons: Partial<Record<Group, number>>;
  /** How many operations run concurrently. */
  readonly flows: number;
  /** The longest pause between two operations of a flow, milliseconds. */
  readonly pause?: number;
  /** How many live sessions each person should have. */
  readonly target?: number;
  readonly weights?: Partial<Record<Choice, number>>;
  /** Faults are injected, so calls may fail. */
  readonly isFaulty?: boolean;
  /** How long calls may still fail after a fault, milliseconds. */
  readonly calm?: number;
  /** How much longer than its timeout an operation may take, milliseconds. */
  readonly lateBy?: number;
  /** The services' clocks are off, so deadlines can't be judged. */
  readonly isSkewed?: boolean;
  /** Whether idle timeouts are judged. */
  readonly judgesIdle?: boolean;
  /** All services share one cached store, so changes are visible immediately. */
  readonly isCacheShared?: boolean;
  /** The services have several secrets, so `updateAll` and `destroyAll` are one write per secret. */
  readonly hasSeveralSecrets?: boolean;
  /** Redis evicts keys by its own policy. */
  readonly evictsSilently?: boolean;
  /** Some services are in PHP, which doesn't tell an empty object from an empty array. */
  readonly isInPhp?: boolean;
  /** After this many milliseconds all keys of the run have expired. */
  readonly expiresWithin?: number;
  /** The clients belong to the caller, so the library doesn't close them. */
  readonly ownClients?: boolean;
  start(random: Random): Promise<Environment>;
}
