import type { RedisCommand } from "./command.ts";

/** A connection of its own on which Redis reports each key that was read through it and has changed since (`CLIENT TRACKING`). */
export interface TrackingLink {
  send(command: RedisCommand, signal: AbortSignal): Promise<unknown>;
  /** Asks whether changes are still heard, where they are reported on another connection than the one that `send` uses. */
  hears?(): Promise<unknown>;
  /** Closes the connection at once. */
  close(): void;
}

/** What a link reports. */
export interface LinkListener {
  /**
   * A key that was read through the link has changed. It is reported once, until it is read again.
   *
   * @param key - `null` if any key may have changed
   */
  changed(key: string | null): void;
  /** The connection was lost. The link won't be used any more. */
  lost(): void;
}

/** Opens a link. Rejects with {@link TrackingRefused} if the server, a proxy or the user's rights don't allow it. */
export type OpenLink = (listener: LinkListener, signal: AbortSignal) => Promise<TrackingLink>;

/** The server, a proxy or the user's rights refuse client tracking, or the protocol that it needs. */
export class TrackingRefused extends Error {
  override readonly name = "TrackingRefused";

  /** Goes by the name, since a bundler may give the store and `watch()` a class each. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return (value as Error | null | undefined)?.name === "TrackingRefused";
  }
}

/** How a store opens links. */
export interface StoreTracking {
  readonly open: OpenLink;
  /** Milliseconds that a read may take, opening the link included. */
  readonly timeout: number;
  /**
   * Calls `listener` when the store is disconnected.
   *
   * @returns a function that ends that
   */
  readonly onDisconnect: (listener: () => void) => () => void;
}

/** The tracking of a store, and how to tell that the store is disconnected. */
export function storeTracking(
  open: OpenLink,
  timeout: number,
): { readonly tracking: StoreTracking; readonly disconnected: () => void } {
  const listeners = new Set<() => void>();
  return {
    tracking: {
      open,
      timeout,
      onDisconnect(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    disconnected() {
      for (const listener of [...listeners]) listener();
    },
  };
}
