/**
 * The process with the REST server and the proxies between services and Redis. It is separate from the driver, so that the
 * driver's work doesn't delay it.
 */
import { type Stall, watchLag } from "../lag.ts";
import { type FaultProxy, faultProxy, type ProxyFault, startRestServer } from "./doubles.ts";
import { type LateProxy, lateProxy } from "./late-proxy.ts";

/** A path from services to Redis. */
interface Path {
  readonly fault: FaultProxy;
  readonly late: LateProxy;
}

export type ToNetwork =
  | {
      readonly open: {
        readonly redis: number;
        readonly tcp: number;
        readonly http: number;
        readonly isProxied: boolean;
      };
    }
  | { readonly break: readonly number[]; readonly fault: ProxyFault }
  | { readonly mend: "stay" | "are reset" }
  | { readonly hold: readonly number[]; readonly milliseconds: number };

export type FromNetwork =
  | {
      readonly opened: {
        readonly tcp: readonly number[];
        readonly http: readonly number[];
        readonly bearer: string;
      };
    }
  | { readonly done: true }
  | { readonly stall: Stall };

const paths: Path[] = [];

async function path(port: number): Promise<number> {
  const late = await lateProxy(port);
  const fault = await faultProxy(late.port);
  paths.push({ fault, late });
  return fault.port;
}

async function ports(count: number, target: number, isProxied: boolean): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < count; i++) found.push(isProxied ? await path(target) : target);
  return found;
}

async function hear(message: ToNetwork): Promise<FromNetwork> {
  if ("open" in message) {
    const { redis, tcp, http, isProxied } = message.open;
    const rest = await startRestServer({ redisUrl: `redis://127.0.0.1:${redis}` });
    const restPort = Number(new URL(rest.url).port);
    return {
      opened: {
        tcp: await ports(tcp, redis, isProxied),
        http: await ports(http, restPort, isProxied),
        bearer: rest.token,
      },
    };
  }
  if ("break" in message) for (const i of message.break) await paths[i]?.fault.break(message.fault);
  else if ("mend" in message) {
    for (const { fault, late } of paths) {
      late.hold(0);
      await fault.mend(message.mend);
    }
  } else for (const i of message.hold) paths[i]?.late.hold(message.milliseconds);
  return { done: true };
}

watchLag((stall) => process.send?.({ stall } satisfies FromNetwork));
process.on("message", (message: ToNetwork) => {
  void hear(message).then((answer) => process.send?.(answer));
});
process.on("disconnect", () => process.exit(0));
