import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bridges, openBridged } from "./bridged.ts";
import { watchLag } from "./lag.ts";
import { createLiar, type Liar, newMemory } from "./mutations.ts";
import type { FromHost, Reply, Request, ServiceSpec, ToHost } from "./protocol.ts";
import { idReader, openService, type RunningService } from "./services.ts";

/** How long a host waits after `disconnect` before it lists what is still open. */
const SETTLE_MS = 1_500;

const isBun = "Bun" in globalThis;
/** Bun doesn't share Node's monotonic clock, so the driver measures the times itself. */
const clock = isBun ? () => undefined : () => Number(process.hrtime.bigint()) / 1e6;

/** Runs services and executes the driver's requests. */
export class Host {
  readonly #post: (message: FromHost) => void;
  readonly #liars: Liar[] = [];
  readonly #services: RunningService[] = [];
  #replies: Reply[] = [];
  constructor(post: (message: FromHost) => void) {
    this.#post = post;
    watchLag((stall) => post({ stall }));
  }

  async hear(message: ToHost): Promise<void> {
    if ("services" in message) await this.#open(message.services);
    else if ("requests" in message) for (const request of message.requests) void this.#run(request);
    else if ("usage" in message) this.#post({ usage: usage() });
    else await this.#stop();
  }

  async #open(specs: readonly ServiceSpec[]): Promise<void> {
    const idOf = idReader(specs);
    const shared = new Map();
    const bridges: Bridges = new Map();
    const memory = newMemory();
    for (const [index, spec] of specs.entries()) {
      const service =
        spec.client === "bridge"
          ? openBridged(spec, bridges, idOf)
          : await openService(spec, shared, idOf, (type, subject) =>
              this.#post({ event: { service: index, type, ...(subject !== undefined && { subject }) } }),
            );
      this.#services.push(service);
      this.#liars.push(createLiar(spec.mutation, service, this.#services, memory));
    }
    for (const { rwt } of this.#services) await rwt.connect().catch(() => {});
    this.#post({ ready: true });
  }

  async #run({ id, service, operation, call }: Request): Promise<void> {
    const from = clock();
    const times = () => ({ ...(from !== undefined && { from }), ...(isBun ? {} : { to: clock() }) });
    try {
      const answer = await this.#liars[service]?.run(operation, call);
      this.#reply({ id, ...times(), answer } as Reply);
    } catch (error) {
      const { name, code, reason, cause, stack } = error as Record<string, string | undefined>;
      const failure = {
        name: name ?? "?",
        code: code ?? "",
        reason: reason ?? "",
        cause: String((cause as { code?: string } | undefined)?.code ?? ""),
        stack: code === undefined ? String(stack ?? error) : "",
      };
      this.#reply({ id, ...times(), failure } as Reply);
    }
  }

  #reply(reply: Reply): void {
    if (this.#replies.length === 0) {
      setImmediate(() => {
        const replies = this.#replies;
        this.#replies = [];
        this.#post({ replies });
      });
    }
    this.#replies.push(reply);
  }

  async disconnect(): Promise<void> {
    await Promise.all(this.#services.map(({ rwt }) => rwt.disconnect().catch(() => {})));
  }

  async #stop(): Promise<void> {
    await this.disconnect();
    await sleep(SETTLE_MS);
    const open = process.getActiveResourcesInfo?.() ?? [];
    this.#post({ stopped: open.filter((name) => !/Pipe|TTY|Immediate/.test(name)) });
  }
}

function usage(): { heap: number; descriptors: number; handles: number } {
  (globalThis as { gc?: () => void }).gc?.();
  let descriptors = -1;
  try {
    descriptors = readdirSync("/proc/self/fd").length;
  } catch {
    // Only Linux has /proc.
  }
  return {
    heap: process.memoryUsage().heapUsed,
    descriptors,
    handles: process.getActiveResourcesInfo?.().length ?? -1,
  };
}
