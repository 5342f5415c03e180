import type { Session } from "../session.ts";

/**
 * Why a session ended.
 *
 * - `destroyed`: it was ended before its idle timeout: by `destroy`, `destroyById`, a reused token, or eviction.
 * - `destroyed_all`: all sessions of its person were ended.
 * - `idle`: its idle timeout passed.
 * - `deadline`: its absolute lifetime is over.
 * - `ended`: it is gone, and the store doesn't say whether it was destroyed or idle. Only tracked changes do, so not over HTTP.
 * - `reuse`: the watched token had been rotated away, so it was stolen, and this watch ended the session.
 * - `mismatch`: its data no longer matches the service's schema, or can't be decrypted, so `verify` answers `null`.
 * - `not_live`: the token wasn't live when the watch first looked.
 */
export type EndReason =
  | "destroyed"
  | "destroyed_all"
  | "idle"
  | "deadline"
  | "ended"
  | "reuse"
  | "mismatch"
  | "not_live";

/** How a session ended. */
export interface SessionEnd {
  readonly reason: EndReason;
}

/** What a watch tells. */
export type WatchEvent<Data = unknown> =
  | {
      /** The session as it is when the watch begins: the first event of a live session. */
      readonly type: "live";
      readonly session: Session<Data>;
    }
  | {
      /** The session's data was changed. Several changes that you haven't read yet are one event, with the newest data. */
      readonly type: "changed";
      readonly session: Session<Data>;
    }
  | {
      /** Redis hasn't answered for `unknownAfter` seconds. That is no end: the session may be live, or not. */
      readonly type: "unknown";
    }
  | {
      /** Redis answers again, and the session is live. */
      readonly type: "known";
    }
  | {
      /** The session has ended: the last event. */
      readonly type: "ended";
      readonly reason: EndReason;
    };

/** A session that is being watched. Iterate it once for its events, or wait for `ended`. */
export interface SessionWatch<Data = unknown> extends AsyncIterableIterator<WatchEvent<Data>, undefined> {
  /**
   * Resolves when the session has ended; with `null` if the watch was stopped before, by its signal, by `stop`, by leaving the loop, or by
   * `disconnect`. It never rejects.
   */
  readonly ended: Promise<SessionEnd | null>;
  /** Stops watching. */
  stop(): void;
}

/** Options of `watch`. */
export interface WatchCallOptions {
  /** Stops watching when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** The method that `watch()` adds to a service. */
export interface WatchMethods<Data = unknown> {
  /**
   * Watches the session of a token: tells when its data changes and when it ends, whichever service, language or timeout ends it. It
   * follows the session, not the token, so a rotation is no end. It never extends the session, and an outage of Redis is no end.
   *
   * @returns at once; for a token that isn't live, `ended` resolves right after the first look
   * @throws OptionTypeError if an option is wrong
   * @example
   * ```ts
   * import { createRwt } from "redis-web-token";
   * import { ioredisStore } from "redis-web-token/ioredis";
   * import { watch } from "redis-web-token/watch";
   *
   * const rwt = createRwt<{ id: string }>({
   *   store: ioredisStore("redis://localhost:6380"),
   *   secret: process.env.RWT_SECRET ?? "", // 32 bytes or more: openssl rand -base64 32
   * }).with(watch());
   *
   * function closeAtLogout(socket: WebSocket, token: string): void {
   *   const watching = rwt.watch(token);
   *   socket.addEventListener("close", () => watching.stop());
   *   watching.ended.then((end) => end && socket.close(4401, end.reason));
   * }
   * ```
   */
  watch(token: string | null | undefined, options?: WatchCallOptions): SessionWatch<Data>;
}
