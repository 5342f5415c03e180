import { boolean, knownOptions, typeError, wholeNumber } from "../lib/check.ts";
import type { WatchCallOptions } from "./types.ts";

/** Options of {@link watch}. */
export interface WatchOptions {
  /**
   * Seconds between two looks at all watched sessions, where Redis doesn't report changes: over HTTP, in a cluster, and where client
   * tracking is refused. So an end is reported up to that much later.
   * @default 5
   */
  readonly every?: number | undefined;
  /**
   * After how many seconds without an answer from Redis a watch reports `unknown`.
   * @default 30
   */
  readonly unknownAfter?: number | undefined;
  /**
   * Whether all watches of this service share one connection and one look. On Cloudflare Workers, no request may wait for another's
   * I/O, so there each watch looks for itself. Set it to `true` in a Durable Object that makes a service of its own.
   * @default true, and false on Cloudflare Workers
   */
  readonly shared?: boolean | undefined;
}

/** `WatchOptions`, checked, with defaults filled in. */
export interface WatchSettings {
  /** Milliseconds. */
  readonly every: number;
  /** Milliseconds. */
  readonly unknownAfter: number;
  readonly shared: boolean;
}

/** An hour. Nobody should stay connected for longer than this after a logout. */
const MOST_EVERY = 3600;

export function readWatchOptions(options: WatchOptions): WatchSettings {
  const given = knownOptions("watch's options", options, ["every", "unknownAfter", "shared"]);
  const { every = 5, unknownAfter = 30, shared = !isWorkers() } = given;
  return {
    every: wholeNumber("every", "seconds", every, MOST_EVERY) * 1000,
    unknownAfter: wholeNumber("unknownAfter", "seconds", unknownAfter, 86_400) * 1000,
    shared: boolean("shared", shared),
  };
}

const isWorkers = (): boolean =>
  (globalThis as { readonly navigator?: { readonly userAgent?: string } }).navigator?.userAgent ===
  "Cloudflare-Workers";

export function readWatchCall(options: WatchCallOptions): WatchCallOptions {
  const { signal } = knownOptions("watch's options", options, ["signal"]);
  if (signal !== undefined && typeof signal?.addEventListener !== "function")
    throw typeError("signal", "an AbortSignal", signal);
  return { signal };
}
