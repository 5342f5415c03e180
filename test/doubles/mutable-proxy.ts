import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { atEnd } from "../support/at-end.ts";

/** A TCP proxy whose connections can go silent, as when a host dies or a NAT entry is lost. */
export interface MutableProxy {
  readonly port: number;
  /** The number of connections so far. */
  connections(): number;
  /** How many of them are still open. */
  held(): number;
  /** Makes open connections silent: they forward nothing, but don't close. New connections work. */
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
