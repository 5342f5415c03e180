import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { performance } from "node:perf_hooks";

/** The headers of a page's handshake. */
export interface Handshake {
  readonly origin?: string | undefined;
  readonly token?: string | undefined;
}

const headersOf = ({ origin, token }: Handshake): Record<string, string> => ({
  ...(origin !== undefined && { Origin: origin }),
  ...(token !== undefined && { Cookie: `__Host-rwt=${token}` }),
});

/** Asks for a WebSocket. Returns the status: 101 if it opens. */
export async function handshake(url: string, from: Handshake): Promise<number> {
  const asked = request(url.replace(/^ws/, "http"), {
    headers: {
      ...headersOf(from),
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    },
  });
  asked.end();
  const answers = Promise.race([once(asked, "upgrade"), once(asked, "response")]);
  const [answer, socket] = (await answers) as [IncomingMessage, { destroy?(): void } | undefined];
  answer.resume();
  socket?.destroy?.();
  asked.destroy();
  return answer.statusCode ?? 0;
}

/** An open WebSocket of a page. */
export interface OpenSocket {
  readonly greeting: string;
  /** Resolves when the server closes it, with the time on `performance`'s clock. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string; readonly at: number }>;
  readonly isOpen: () => boolean;
  close(): void;
}

/** Opens a WebSocket, and waits for its first message. */
export async function openSocket(url: string, from: Handshake): Promise<OpenSocket> {
  // Node's own client takes headers, which browsers set themselves.
  const Client = WebSocket as unknown as new (url: string, options: object) => WebSocket;
  const socket = new Client(url, { headers: headersOf(from) });
  const closed = new Promise<{ code: number; reason: string; at: number }>((resolve) => {
    socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason, at: performance.now() }));
  });
  const greeting = await new Promise<string>((resolve, reject) => {
    socket.addEventListener("message", ({ data }) => resolve(String(data)), { once: true });
    void closed.then(({ code }) => reject(new Error(`closed with ${code}`)));
  });
  return {
    greeting,
    closed,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close: () => socket.close(),
  };
}
