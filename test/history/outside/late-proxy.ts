import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A TCP proxy that carries what clients send late, even if they have given up meanwhile, as a network does. */
export interface LateProxy {
  readonly port: number;
  /** From now on, requests take so many milliseconds longer. */
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
    /** Keeps the order, and costs no turn of the event loop while nothing is held. */
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
