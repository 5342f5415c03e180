import { setTimeout as sleep } from "node:timers/promises";
import { check } from "./check.ts";
import { now } from "./clock.ts";
import type { Configuration } from "./configuration.ts";
import { memoryServices, on, PERSONS, service } from "./configurations.ts";
import { LIES } from "./mutations.ts";
import { inMemory, type PlannedService } from "./outside/environment.ts";
import type { Report } from "./report.ts";
import type { Rule } from "./rules.ts";

/** How a lie was found. */
export interface Found {
  /** The rule that the lie breaks. */
  readonly rule: Rule;
  /** The first violation of each rule. */
  readonly found: Readonly<Record<string, string>>;
  readonly seconds: number;
}

interface Run {
  readonly config: Configuration;
  /** The longest duration of the run, milliseconds. */
  readonly milliseconds: number;
  /** The highest number of operations. */
  readonly operations?: number;
}

const memory = (rest: Partial<Configuration> = {}, extra: Partial<PlannedService> = {}): Configuration => ({
  persons: PERSONS,
  flows: 24,
  start: () => inMemory(memoryServices.map((one) => ({ ...one, ...extra }))),
  ...rest,
});

const DEFAULT: Run = { config: memory(), milliseconds: 6_000 };
const ONCE: Run = { config: memory({ weights: { once: 100 } }), milliseconds: 6_000 };
/** Data is judged at the end of the run, so these runs are short. */
const DATA: Run = { config: memory({ weights: { updateBy: 20 } }), milliseconds: 6_000, operations: 8_000 };

const short = (lives: Partial<PlannedService>, weights: Configuration["weights"] = {}): Run => ({
  config: memory({ flows: 8, pause: 100, judgesIdle: lives.expire !== lives.maxLifetime, weights }, lives),
  milliseconds: 10_000,
});

const redisHere = (rest: Partial<Configuration>): Run => ({
  config: on(
    {
      hosts: [
        {
          name: "r",
          runtime: "here",
          services: [service("io-sessions", "ioredis", { sessions: true }), service("io-plain", "ioredis")],
        },
      ],
    },
    { persons: { plain: 4 }, flows: 16, ...rest },
  ),
  milliseconds: 8_000,
});

/** Faults that break nothing, so that no error after them is excused. */
const pretended: Configuration = {
  ...memory({ isFaulty: true, calm: 20 }),
  start: async () => ({
    ...(await inMemory(memoryServices)),
    async nemesis(checker, isOver) {
      while (!isOver()) {
        await checker.fault("pretended", async () => void (await sleep(10)));
        await sleep(200);
      }
    },
  }),
};

const ONCE_SHORT = short({ expire: 1, maxLifetime: 60 }, { once: 100 });

const RUNS: Readonly<Record<string, Run>> = {
  "R1idle-late": short({ expire: 1, maxLifetime: 60 }),
  "R1deadline-late": short({ expire: 2, maxLifetime: 2 }),
  "R3-lost": DATA,
  "R3-stale": DATA,
  "R3-readThenWrite": DATA,
  "R3-loadThenWrite": { ...DATA, config: memory({ weights: { updateAllBy: 20 } }) },
  "R3-oneByOne": DATA,
  "R8-persists": redisHere({}),
  "R10-keepsOpen": {
    config: memory({ start: () => inMemory(memoryServices, "node") }),
    milliseconds: 300,
  },
  "O6-late": ONCE_SHORT,
  "R11-late": { config: memory({ lateBy: 100 }, { timeout: 100 }), milliseconds: 6_000 },
  "R12-aftermath": { config: pretended, milliseconds: 6_000 },
  "R14-silent": { config: memory({ weights: { run: 3 } }), milliseconds: 6_000 },
  "R15-revived": redisHere({ weights: { evict: 3 } }),
};

/** All lies, each with the rule that it breaks. */
export const MUTATIONS: Readonly<Record<string, Rule>> = Object.fromEntries(
  Object.keys(LIES).map((name) => [name, name.split("-")[0] as Rule]),
);

/** Makes the services tell a lie, and reports what the checker found. */
export async function tryMutation(name: string, seed: number): Promise<Found> {
  const rule = MUTATIONS[name];
  if (rule === undefined)
    throw new RangeError(`--mutate must be one or more of ${Object.keys(MUTATIONS).join(", ")}`);
  const { config, milliseconds, operations } = RUNS[name] ?? (rule.startsWith("O") ? ONCE : DEFAULT);
  const began = now();
  const options = { seed, milliseconds, mutation: name, stopsAt: rule, isQuiet: true };
  const report = await check(name, config, { ...options, ...(operations && { mostOperations: operations }) });
  return { rule, found: report.first, seconds: (now() - began) / 1000 };
}

/** Runs the services without a lie. */
export async function tryTruth(seed: number, milliseconds: number): Promise<Report["first"]> {
  return (await check("truth", memory(), { seed, milliseconds, isQuiet: true })).first;
}
