import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Checker } from "../checker.ts";
import type { ProxyFault, RedisServer } from "./doubles.ts";
import type { Network } from "./open-network.ts";

export interface Breakable {
  readonly redis: RedisServer;
  readonly network: Network;
  readonly admin: Redis;
}

type Some = readonly number[];
type Fault = (breakable: Breakable, some: Some, chance: Checker["chance"]) => Promise<unknown>;

/** Makes proxies misbehave for a while. */
const between =
  (
    fault: (chance: Checker["chance"]) => ProxyFault,
    from: number,
    to: number,
    after: "stay" | "are reset",
  ): Fault =>
  async ({ network }, some, chance) => {
    await network.break(some, fault(chance));
    await sleep(chance.between(from, to));
    await network.mend(after);
  };

const FAULTS: Readonly<Record<string, Fault>> = {
  "cut off": between(() => ({ hangsUp: true }), 0, 20, "stay"),
  refused: between(() => ({ refuses: true }), 100, 2_500, "stay"),
  "cut before a request": between(() => ({ resetsAtRequest: true }), 50, 600, "stay"),
  "cut before a reply": between(() => ({ resetsAtReply: true }), 50, 600, "stay"),
  "cut within a reply": between(() => ({ resetsInReply: true }), 50, 600, "stay"),
  "silent within a reply": between(() => ({ stallsInReply: true }), 50, 600, "stay"),
  "half open": between(() => ({ swallows: true }), 0, 20, "stay"),
  swallowed: between(() => ({ swallows: true }), 200, 2_500, "are reset"),
  slow: between((chance) => ({ delays: chance.between(5, 300) }), 300, 2_000, "stay"),
  async late({ network }, some, chance) {
    await network.hold(some, chance.between(100, 1_800));
    await sleep(chance.between(300, 2_000));
    await network.mend("stay");
  },
  async frozen({ redis }, _some, chance) {
    redis.freeze();
    await sleep(chance.between(50, 3_000));
    redis.thaw();
  },
  async killed({ redis }, _some, chance) {
    await redis.kill();
    await sleep(chance.between(0, 800));
    await redis.restart();
  },
  "scripts flushed": ({ admin }) => admin.script("FLUSH"),
  "connections killed": ({ admin }) => admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"),
};

export const FAULT_NAMES = Object.keys(FAULTS);

/** The last milliseconds of a run, which have no faults, so that the consequences of earlier ones become visible. */
export const QUIET_MS = 4_000;

/** Injects one fault after another. */
export async function nemesis(
  checker: Checker,
  isOver: () => boolean,
  breakable: Breakable,
  names: readonly string[] = FAULT_NAMES,
): Promise<void> {
  const { chance } = checker;
  const all = Array.from({ length: breakable.network.paths }, (_, i) => i);
  while (!isOver()) {
    await sleep(chance.between(200, 2_500));
    // Sometimes wait until everything must have recovered.
    if (chance.is(0.1)) await sleep(QUIET_MS);
    const name = chance.pick(names);
    const fault = name === undefined ? undefined : FAULTS[name];
    if (name === undefined || fault === undefined || isOver()) continue;
    const some = chance.is(0.5) ? all : all.filter(() => chance.is(0.5));
    await checker.fault(name, async () => void (await fault(breakable, some, chance).catch(() => {})));
  }
}
