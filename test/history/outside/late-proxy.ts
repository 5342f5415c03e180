import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A TCP proxy that delays requests, and delivers them even if the client has disconnected, as a network may. */
export interface LateProxy {
  readonly port: number;
  /** Delays requests from now on. */
  hold(milliseconds: number): void;
  close(): void;
}

export async function lateProxy(targetPort: number): Promise<LateProxy> {
  const sockets = new Set<Socket>();
  let delay = 0;
  const server = createServer((client) => {
    const target = connect(targetPort, "127.0.0.1");
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    let carried = Promise.resolve();
    let waiting = 0;
    /** Runs work in order, and immediately while nothing is delayed. */
    const later = (work: () => void): void => {
      if (delay === 0 && waiting === 0) {
        work();
        return;
      }
      waiting++;
      const milliseconds = delay;
      const arrival = sleep(milliseconds);
      carried = carried.then(async () => {
        await arrival;
        waiting--;
        work();
      });
    };
    client.on("data", (chunk) => later(() => void (target.destroyed || target.write(chunk))));
    client.on("close", () => later(() => void target.end()));
    target.on("data", (chunk) => void (client.destroyed || client.write(chunk)));
    target.on("close", () => void client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    hold(milliseconds) {
      delay = milliseconds;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
