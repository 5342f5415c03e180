import { joined, utf8 } from "../lib/bytes.ts";
import { resp3Reader, respOf } from "../redis/resp3.ts";
import { type OpenLink, TrackingRefused } from "../redis/tracking.ts";
import { refusesTracking } from "./refuses-tracking.ts";

/** The part of Bun's sockets that a link uses. */
interface BunSocket {
  /** @returns how many bytes it took */
  write(bytes: Uint8Array): number;
  terminate(): void;
}
interface BunTcp {
  connect(options: {
    hostname: string;
    port: number;
    socket: {
      data(socket: BunSocket, chunk: Uint8Array): void;
      close(): void;
      drain(socket: BunSocket): void;
      error(socket: BunSocket, error: unknown): void;
      connectError(socket: BunSocket, error: unknown): void;
    };
  }): Promise<BunSocket>;
}

interface Waiting {
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

/**
 * Opens a link of one connection, which speaks RESP3 itself: Bun's own client closes its connection when Redis reports a change.
 *
 * @param url - a `redis://` URL
 */
export const bunLink =
  (url: string): OpenLink =>
  async ({ changed, lost }, signal) => {
    const { Bun } = globalThis as unknown as { readonly Bun: BunTcp };
    const { hostname, port, username, password, pathname } = new URL(url);
    const waiting: Waiting[] = [];
    let commands = "";
    let unsent: Uint8Array = new Uint8Array();
    let socket: BunSocket | undefined;
    let isOver = false;

    function end(error: unknown): void {
      if (isOver) return;
      isOver = true;
      socket?.terminate();
      for (const { reject } of waiting.splice(0)) reject(error);
      lost();
    }
    const broken = (): void => end(new Error("Connection closed"));

    function flush(): void {
      if (socket === undefined) return;
      unsent = joined(unsent, utf8(commands));
      commands = "";
      if (unsent.length > 0) unsent = unsent.subarray(socket.write(unsent));
    }

    function send(args: readonly string[]): Promise<unknown> {
      if (isOver) return Promise.reject(new Error("Connection closed"));
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        // Sends the commands of one tick in a single write.
        if (commands === "") queueMicrotask(flush);
        commands += respOf(args);
      });
    }

    const reader = resp3Reader(
      (reply) => {
        const call = waiting.shift();
        if (reply instanceof Error) call?.reject(reply);
        else call?.resolve(reply);
      },
      (push) => {
        const [kind, keys] = push as [unknown, readonly unknown[] | null];
        if (kind !== "invalidate") return;
        if (keys === null) changed(null);
        else for (const key of keys) changed(String(key));
      },
    );
    signal.addEventListener("abort", broken, { once: true });
    try {
      socket = await Bun.connect({
        hostname: hostname.replace(/^\[|\]$/g, ""),
        port: Number(port || 6379),
        socket: {
          data(_, chunk) {
            try {
              reader.read(chunk);
            } catch (error) {
              end(error);
            }
          },
          close: broken,
          drain: flush,
          error: (_, error) => end(error),
          connectError: (_, error) => end(error),
        },
      });
      if (isOver) socket.terminate();
      const login = password
        ? ["AUTH", decodeURIComponent(username || "default"), decodeURIComponent(password)]
        : [];
      const database = pathname.slice(1) || "0";
      await Promise.all([
        send(["HELLO", "3", ...login]),
        send(["SELECT", database]),
        send(["CLIENT", "TRACKING", "ON"]),
      ]);
    } catch (error) {
      end(error);
      throw refusesTracking(error) ? new TrackingRefused() : error;
    } finally {
      signal.removeEventListener("abort", broken);
    }
    return { send: ({ args }) => send(args), close: broken };
  };
