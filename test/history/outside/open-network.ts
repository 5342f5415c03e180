import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ProxyFault } from "./doubles.ts";
import type { FromNetwork, ToNetwork } from "./network.ts";

/** What lies between services and Redis. */
export interface Network {
  /** A port for each host's TCP clients, and one for each host's HTTP clients. */
  readonly tcp: readonly number[];
  readonly http: readonly number[];
  readonly bearer: string;
  /** How many ways there are; faults name them by their numbers. */
  readonly paths: number;
  break(paths: readonly number[], fault: ProxyFault): Promise<void>;
  hold(paths: readonly number[], milliseconds: number): Promise<void>;
  mend(which: "stay" | "are reset"): Promise<void>;
  close(): void;
}

export async function openNetwork(redis: number, hosts: number, isProxied: boolean): Promise<Network> {
  const child = fork(fileURLToPath(new URL("./network.ts", import.meta.url)), [], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "json",
  });
  // One at a time, so that each answer is to the question before it.
  let queue: Promise<unknown> = Promise.resolve();
  const ask = (message: ToNetwork): Promise<FromNetwork> => {
    const answered = queue.then(async () => {
      child.send(message);
      const [answer] = (await once(child, "message")) as [FromNetwork];
      return answer;
    });
    queue = answered.catch(() => {});
    return answered;
  };
  const answer = await ask({ open: { redis, tcp: hosts, http: hosts, isProxied } });
  if (!("opened" in answer)) throw new Error("the network didn't open");
  return {
    ...answer.opened,
    paths: isProxied ? 2 * hosts : 0,
    break: async (paths, fault) => void (await ask({ break: paths, fault })),
    hold: async (paths, milliseconds) => void (await ask({ hold: paths, milliseconds })),
    mend: async (which) => void (await ask({ mend: which })),
    close: () => void child.kill("SIGKILL"),
  };
}
