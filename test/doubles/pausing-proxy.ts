import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { atEnd } from "../support/at-end.ts";

/** A TCP proxy that can hold back what clients send, and counts round trips. */
export interface PausingProxy {
  readonly port: number;
  /** Holds back everything that clients send from now on. */
  pause(): void;
  /** Forwards what was held back, and everything after it. */
  resume(): void;
  /** Resolves once something is held back. */
  held(): Promise<void>;
  /** Forwards one more chunk, and holds back everything after it. */
  step(): void;
  /** Closes the connections, and drops what was held back. */
  cut(): void;
  /** The number of chunks that were the first on their connection after a reply. If calls don't overlap, these are the round trips. */
  roundTrips(): number;
}

export async function pausingProxy(targetPort: number): Promise<PausingProxy> {
  const sockets = new Set<Socket>();
  let waiting: (() => void)[] = [];
  const wake: (() => void)[] = [];
  let budget = Number.POSITIVE_INFINITY;
  let trips = 0;

  function drain(): void {
    while (budget > 0 && waiting.length > 0) {
      budget--;
      waiting.shift()?.();
    }
  }

  const server = createServer((near) => {
    const far = connect(targetPort, "127.0.0.1");
    let asked = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
    }
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    near.on("data", (chunk) => {
      waiting.push(() => {
        if (!asked) trips++;
        asked = true;
        far.write(chunk);
      });
      drain();
      if (waiting.length > 0) for (const done of wake.splice(0)) done();
    });
    far.on("data", (chunk) => {
      asked = false;
      near.write(chunk);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    waiting = [];
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  atEnd(() => {
    cut();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    pause() {
      budget = 0;
    },
    resume() {
      budget = Number.POSITIVE_INFINITY;
      drain();
    },
    held: () =>
      waiting.length > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            wake.push(resolve);
          }),
    step() {
      budget = 1;
      drain();
    },
    cut,
    roundTrips: () => trips,
  };
}
