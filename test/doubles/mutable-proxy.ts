import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { atEnd } from "../support/at-end.ts";

/** A TCP proxy whose connections can be made to lead nowhere, as when a host died or a NAT entry was lost. */
export interface MutableProxy {
  readonly port: number;
  /** How many connections there have been. */
  connections(): number;
  /** How many of them the client still holds. */
  held(): number;
  /** From now on the connections that are open neither carry anything nor close; new ones work. */
  mute(): void;
}

export async function mutableProxy(targetPort: number): Promise<MutableProxy> {
  const open = new Set<Socket>();
  let connections = 0;
  let held = 0;
  const server = createServer((near) => {
    connections++;
    held++;
    const far = connect(targetPort, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on("error", () => {});
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
    near.on("close", () => held--);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    held: () => held,
    mute() {
      for (const socket of open) socket.unpipe().removeAllListeners("data").resume();
      open.clear();
    },
  };
}
