import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy that passes on late what the server sends. */
export interface DelayingProxy {
  readonly port: number;
  /** Milliseconds. A shorter one doesn't overtake what is under way. */
  lag: number;
  close(): void;
}

export async function delayingProxy(targetPort: number): Promise<DelayingProxy> {
  const sockets = new Set<Socket>();
  let lag = 0;
  const server = createServer((near) => {
    const far = connect(targetPort, "127.0.0.1");
    /** When the chunk before may be passed on. */
    let last = 0;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on("data", (chunk) => far.write(chunk));
    far.on("data", (chunk) => {
      last = Math.max(last, performance.now() + lag);
      setTimeout(() => near.write(chunk), Math.max(0, last - performance.now()));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get lag() {
      return lag;
    },
    set lag(milliseconds) {
      lag = milliseconds;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
