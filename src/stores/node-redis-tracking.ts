import { type OpenLink, TrackingRefused } from "../redis/tracking.ts";
import { refusesTracking } from "./refuses-tracking.ts";

/** The part of a node-redis client that a link uses. */
export interface TrackingClient {
  on(event: "ready" | "error" | "end" | "invalidate", listener: (what?: unknown) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
  sendCommand(args: readonly string[], options: object): Promise<unknown>;
}

/** The options of a client that hears of changes: with RESP3, Redis reports them on the connection that read the keys. */
export const TRACKING_OPTIONS = { RESP: 3, emitInvalidate: true, clientSideCache: undefined } as const;

/** Opens a link of one connection. */
export const nodeRedisLink =
  (make: () => Promise<TrackingClient>): OpenLink =>
  async ({ changed, lost }, signal) => {
    const client = await make();
    const close = (): void => {
      try {
        client.destroy();
      } catch {
        // It has already ended.
      }
    };
    client.on("invalidate", (key) => changed(key === null ? null : String(key)));
    client.on("end", lost);
    // The client neither reconnects nor stays half connected: the next read opens another link.
    const failed = new Promise<never>((_, reject) => {
      client.on("error", (error) => {
        close();
        lost();
        reject(refusesTracking(error) ? new TrackingRefused() : error);
      });
    });
    failed.catch(() => {});
    signal.addEventListener("abort", close, { once: true });
    try {
      await Promise.race([client.connect(), failed]);
    } finally {
      signal.removeEventListener("abort", close);
    }
    return {
      send: ({ args }, sending) => client.sendCommand(args, { abortSignal: sending, typeMapping: {} }),
      close,
    };
  };
