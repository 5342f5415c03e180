/**
 * Live revocation: hear of the end of a session, and of changes, as they happen.
 *
 * @module
 */
export { watch } from "./feature.ts";
export type { WatchOptions } from "./options.ts";
export type {
  EndReason,
  SessionEnd,
  SessionWatch,
  WatchCallOptions,
  WatchEvent,
  WatchMethods,
} from "./types.ts";
