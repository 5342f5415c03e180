/**
 * A process with what lies between services and Redis: Upstash's REST API, and proxies that fail. In a process of its own, so
 * that the driver's work doesn't slow it down.
 */
import { type FaultProxy, faultProxy, type ProxyFault, startRestServer } from "./doubles.ts";
import { type LateProxy, lateProxy } from "./late-proxy.ts";

/** One way from services to Redis. */
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
  | { readonly done: true };

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

process.on("message", (message: ToNetwork) => {
  void hear(message).then((answer) => process.send?.(answer));
});
process.on("disconnect", () => process.exit(0));
