import { type OpenLink, TrackingRefused } from "../redis/tracking.ts";
import { type IoredisClient, inOneWrite } from "./ioredis-client.ts";
import { refusesTracking } from "./refuses-tracking.ts";

/** The part of an ioredis client that a link uses. */
export interface TrackingClient extends IoredisClient {
  readonly options?: { readonly keyPrefix?: string | undefined } | undefined;
  on(event: "close" | "error", listener: (error?: unknown) => void): unknown;
  on(event: "messageBuffer", listener: (channel: unknown, message: unknown) => void): unknown;
  connect(): Promise<unknown>;
  disconnect(): void;
  subscribe(channel: string): Promise<unknown>;
}

/**
 * The options of a link's clients: they neither reconnect nor resend, since the next read opens another link. With RESP3, ioredis
 * drops the messages of client tracking, so Redis sends them to a second connection, a subscriber (`REDIRECT`).
 */
export const TRACKING_OPTIONS = {
  lazyConnect: true,
  protocol: 2,
  retryStrategy: () => null,
  maxRetriesPerRequest: 0,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
} as const;

const CHANNEL = "__redis__:invalidate";

/** Opens a link of two connections: one reads, the other hears of changes. */
export const ioredisLink =
  (make: () => Promise<TrackingClient>): OpenLink =>
  async ({ changed, lost }, signal) => {
    const [reader, subscriber] = await Promise.all([make(), make()]);
    // The client puts it before each key, and Redis reports the keys as it has them.
    const { keyPrefix = "" } = reader.options ?? {};
    let lastError: unknown;
    // ioredis keeps a process alive for two seconds if it disconnects a client that is closed already.
    const opened = new Set([reader, subscriber]);
    const close = (): void => {
      for (const client of opened) {
        opened.delete(client);
        client.disconnect();
      }
    };
    for (const client of [reader, subscriber]) {
      // Without a listener, ioredis would print the error.
      client.on("error", (error) => {
        lastError = error;
      });
      client.on("close", () => {
        opened.delete(client);
        close();
        lost();
      });
    }
    subscriber.on("messageBuffer", (_, keys) => {
      if (!Array.isArray(keys)) changed(null);
      else for (const key of keys) changed(String(key).slice(keyPrefix.length));
    });
    signal.addEventListener("abort", close, { once: true });
    try {
      await Promise.all([reader.connect(), subscriber.connect()]);
      const id = await subscriber.call("client", "ID");
      await subscriber.subscribe(CHANNEL);
      await reader.call("client", "TRACKING", "ON", "REDIRECT", String(id));
    } catch (error) {
      close();
      throw refusesTracking(error) ? new TrackingRefused() : (lastError ?? error);
    } finally {
      signal.removeEventListener("abort", close);
    }
    const send = inOneWrite(reader);
    // Subscribes again, which changes nothing, and needs no further right, as PING would.
    return { send: ({ args }) => send(args), hears: () => subscriber.subscribe(CHANNEL), close };
  };
