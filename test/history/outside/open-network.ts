import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Stall } from "../lag.ts";
import type { ProxyFault } from "./doubles.ts";
import type { FromNetwork, ToNetwork } from "./network.ts";

/** The REST server and the proxies between services and Redis. */
export interface Network {
  /** For each host, the port for its TCP clients and the port for its HTTP clients. */
  readonly tcp: readonly number[];
  readonly http: readonly number[];
  readonly bearer: string;
  /** The number of proxied paths. Faults refer to them by index. */
  readonly paths: number;
  break(paths: readonly number[], fault: ProxyFault): Promise<void>;
  hold(paths: readonly number[], milliseconds: number): Promise<void>;
  mend(which: "stay" | "are reset"): Promise<void>;
  /** Sets the listener for stalls of the network process. */
  hearStalls(hear: (stall: Stall) => void): void;
  close(): void;
}

export async function openNetwork(redis: number, hosts: number, isProxied: boolean): Promise<Network> {
  const child = fork(fileURLToPath(new URL("./network.ts", import.meta.url)), [], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "json",
  });
  let onStall: (stall: Stall) => void = () => {};
  const waiting: ((answer: FromNetwork) => void)[] = [];
  child.on("message", (message: FromNetwork) => {
    if ("stall" in message) onStall(message.stall);
    else waiting.shift()?.(message);
  });
  // Send one request at a time, so that each answer belongs to the last request.
  let queue: Promise<unknown> = Promise.resolve();
  const ask = (message: ToNetwork): Promise<FromNetwork> => {
    const answered = queue.then(
      () =>
        new Promise<FromNetwork>((resolve) => {
          waiting.push(resolve);
          child.send(message);
        }),
    );
    queue = answered;
    return answered;
  };
  const answer = await ask({ open: { redis, tcp: hosts, http: hosts, isProxied } });
  if (!("opened" in answer)) throw new Error("the network didn't open");
  return {
    ...answer.opened,
    hearStalls(hear) {
      onStall = hear;
    },
    paths: isProxied ? 2 * hosts : 0,
    break: async (paths, fault) => void (await ask({ break: paths, fault })),
    hold: async (paths, milliseconds) => void (await ask({ hold: paths, milliseconds })),
    mend: async (which) => void (await ask({ mend: which })),
    close: () => void child.kill("SIGKILL"),
  };
}
