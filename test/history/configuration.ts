import type { Random } from "../fuzz/random.ts";
import type { Group } from "./model/person.ts";
import type { Environment } from "./outside/environment.ts";
import type { Operation } from "./protocol.ts";

/** What a flow may do next. */
export type Choice = Operation | "replay" | "run" | "evict" | "stranger";

/** What a run consists of: services, persons, and what happens to them. */
export interface Configuration {
  /** How many persons of each group. */
  readonly persons: Partial<Record<Group, number>>;
  /** Concurrent flows of operations. */
  readonly flows: number;
  /** The longest pause of a flow between two operations, milliseconds. */
  readonly pause?: number;
  /** How many live sessions a person should have. */
  readonly target?: number;
  readonly weights?: Partial<Record<Choice, number>>;
  /** Calls may fail, because something is broken from outside. */
  readonly isFaulty?: boolean;
  /** Milliseconds after a fault in which calls may still fail. */
  readonly calm?: number;
  /** Milliseconds by which an operation may end later than its timeout. */
  readonly lateBy?: number;
  /** Services' clocks are off, so that deadlines aren't judged. */
  readonly isSkewed?: boolean;
  /** Idle timeouts are judged. */
  readonly judgesIdle?: boolean;
  /** What goes through the same cached store is seen at once. */
  readonly isCacheShared?: boolean;
  /** Several secrets: writes to all of a person's sessions are one write for each. */
  readonly hasSeveralSecrets?: boolean;
  /** Redis evicts keys of its own accord. */
  readonly evictsSilently?: boolean;
  /** Milliseconds after which all keys of the run have expired. */
  readonly expiresWithin?: number;
  /** Clients are the caller's, which the library doesn't close. */
  readonly ownClients?: boolean;
  start(random: Random): Promise<Environment>;
}
