import { setTimeout as sleep } from "node:timers/promises";
import { ONCE_LIES } from "./once/lies.ts";
import type { OnceSeen } from "./once/protocol.ts";
import type { Answers, Calls, Operation, Seen } from "./protocol.ts";
import { headerAt, type RunningService } from "./services.ts";

/** Answers for a service, and lies now and then. */
export interface Liar {
  run(operation: Operation, call: Calls[Operation]): Promise<unknown>;
}

export type Lie = (asked: Asked) => Promise<unknown> | undefined;

/** A call and what a lie needs to know. */
export interface Asked {
  readonly operation: Operation;
  readonly call: Calls[Operation];
  readonly service: RunningService;
  /** All services on the same host. */
  readonly services: readonly RunningService[];
  readonly memory: Memory;
  /** Asks the service for the true answer. */
  readonly ask: (operation?: Operation, call?: Calls[Operation]) => Promise<unknown>;
  readonly isNow: (probability: number) => boolean;
}

/** What all liars of a host have seen. */
export interface Memory {
  /** The first answer to `verify`, by token. */
  readonly seen: Map<string, Seen>;
  /** The successor of each rotated token. */
  readonly successors: Map<string, string>;
  /** What each one-time token stands for, by token. */
  readonly once: Map<string, OnceSeen>;
  /** The newest code of each subject. */
  readonly codes: Map<string, string>;
}

export const tokenOf = (call: Calls[Operation]): string => ("token" in call ? call.token : "");

/** The lies by name. Each breaks one promise. Its name starts with the rule by which the checker must find it. */
export const LIES: Readonly<Record<string, Lie>> = {
  "R0-crash": ({ isNow }) =>
    isNow(0.01) ? Promise.reject(new TypeError("undefined is not a function")) : undefined,

  "R1-destroy": ({ operation, isNow }) =>
    (operation === "destroy" || operation === "destroyById") && isNow(0.2)
      ? Promise.resolve(true)
      : undefined,

  "R1-destroyAll": ({ operation, isNow }) =>
    operation === "destroyAll" && isNow(0.5) ? Promise.resolve(true) : undefined,

  "R1-revived": ({ operation, call, memory, ask, isNow }) =>
    operation === "verify" && isNow(0.2)
      ? ask().then((answer) => answer ?? memory.seen.get(tokenOf(call)) ?? null)
      : undefined,

  "R1idle-late": ({ operation, call, memory, ask }) =>
    operation === "verify"
      ? ask().then((answer) => answer ?? memory.seen.get(tokenOf(call)) ?? null)
      : undefined,

  "R1deadline-late": ({ operation, call, memory, ask }) =>
    operation === "verify"
      ? ask().then((answer) => answer ?? memory.seen.get(tokenOf(call)) ?? null)
      : undefined,

  "R2-null": ({ operation, isNow }) =>
    operation === "verify" && isNow(0.01) ? Promise.resolve(null) : undefined,

  "R2-extend": ({ operation, isNow }) =>
    operation === "extend" && isNow(0.05) ? Promise.resolve(false) : undefined,

  "R2err-outage": ({ isNow }) => (isNow(0.01) ? Promise.reject(outage()) : undefined),

  "R3-lost": ({ operation, isNow }) =>
    (operation === "update" || operation === "updateAll") && isNow(0.3) ? Promise.resolve(true) : undefined,

  "R3-stale": ({ operation, call, memory, ask, isNow }) =>
    operation === "verify" && isNow(0.1)
      ? ask().then((answer) => (answer === null ? null : (memory.seen.get(tokenOf(call)) ?? answer)))
      : undefined,

  // Reads and writes in two steps, so that concurrent updates are lost.
  "R3-readThenWrite": ({ operation, call, ask }) => {
    if (operation !== "updateBy") return undefined;
    const { token, data } = call as Calls["updateBy"];
    return ask("verify", { token }).then(async (found) => {
      if (found === null) return { done: false };
      const after = (found as Seen).data.w;
      await sleep(2);
      return { done: await ask("update", { token, data: { ...data, after } }), after };
    });
  },

  // Loads and writes in two steps, so that data that was loaded earlier replaces data that was loaded later.
  "R3-loadThenWrite": ({ operation, call, service, ask }) => {
    if (operation !== "updateAllBy") return undefined;
    const { subject, key, data } = call as Calls["updateAllBy"];
    return headerAt(service.store, key).then(async (loadedAt) => {
      await sleep(2);
      return { done: await ask("updateAll", { subject, data }), loadedAt };
    });
  },

  // Updates the sessions one after another instead of all at once.
  "R3-oneByOne": ({ operation, call, memory, service, ask }) => {
    if (operation !== "updateAll") return undefined;
    const { subject, data } = call as Calls["updateAll"];
    return (async () => {
      for (const [token, { subject: whose }] of memory.seen) {
        if (whose !== subject) continue;
        await service.run("update", { token, data }).catch(() => {});
        await sleep(1);
      }
      return ask();
    })();
  },

  "R4-crossed": ({ operation, memory, ask, isNow }) =>
    operation === "verify" && isNow(0.05)
      ? ask().then((answer) => answer && [...memory.seen.values()][0])
      : undefined,

  "R5-missing": ({ operation, ask, isNow }) =>
    operation === "list" && isNow(0.2)
      ? ask().then((answer) => {
          const { sessions, pages } = answer as Answers["list"];
          return { sessions: sessions.slice(1), pages };
        })
      : undefined,

  "R5-twice": ({ operation, ask, isNow }) =>
    operation === "list" && isNow(0.2)
      ? ask().then((answer) => {
          const { sessions, pages } = answer as Answers["list"];
          return { sessions: [...sessions, ...sessions.slice(0, 1)], pages };
        })
      : undefined,

  "R5-id": ({ operation, ask, isNow }) =>
    operation === "rotate" && isNow(0.2)
      ? ask().then((answer) => answer && { ...(answer as Answers["rotate"]), id: "another" })
      : undefined,

  // Signs with a service that has no limit.
  "R6-unlimited": ({ operation, call, service, services }) => {
    if (operation !== "sign" || service.spec.maxSessions === undefined) return undefined;
    const neighbour = services.find(({ spec }) => spec.maxSessions === undefined && !spec.encryption);
    return neighbour?.run("sign", call as Calls["sign"]);
  },

  "R6-refuses": ({ operation, service, isNow }) =>
    operation === "sign" && service.spec.onLimit === "reject" && isNow(0.2)
      ? Promise.reject(Object.assign(new Error("full"), { code: "ERR_RWT_SESSION_LIMIT" }))
      : undefined,

  "R7-oldLives": ({ operation, call, memory, ask }) =>
    operation === "verify"
      ? ask().then((answer) => {
          const next = memory.successors.get(tokenOf(call));
          return answer ?? (next === undefined ? null : ask("verify", { token: next }));
        })
      : undefined,

  "R7-oldDies": ({ operation, call, ask }) =>
    operation === "rotate"
      ? ask("rotate", { token: tokenOf(call), retry: false } satisfies Calls["rotate"])
      : undefined,

  "R7-strictRetries": ({ operation, call, ask }) =>
    operation === "rotate" ? ask("rotate", { token: tokenOf(call) }) : undefined,

  // Removes the expiry of a random key.
  "R8-persists": ({ operation, service, ask, isNow }) =>
    operation === "sign" && isNow(0.2)
      ? ask().then(async (answer) => {
          const key = await service.store.run({
            name: "RANDOMKEY",
            keys: [],
            args: ["RANDOMKEY"],
            write: false,
          });
          const keys = typeof key === "string" ? [key] : [];
          const args = ["PERSIST", ...keys] as [string, ...string[]];
          if (keys.length > 0) await service.store.run({ name: "PERSIST", keys, args, write: true });
          return answer;
        })
      : undefined,

  "R10-keepsOpen": ({ isNow }) => {
    if (isNow(0.01)) setInterval(() => {}, 1_000);
    return undefined;
  },

  "R11-late": ({ service, isNow }) =>
    isNow(0.01) ? sleep(service.spec.timeout * 5).then(() => Promise.reject(outage())) : undefined,

  "R12-aftermath": ({ isNow }) => (isNow(0.01) ? Promise.reject(outage()) : undefined),

  "R13-nobody": ({ operation, isNow }) =>
    (operation === "destroyAll" || operation === "updateAll") && isNow(0.3)
      ? Promise.resolve(operation === "updateAll")
      : undefined,

  "R13-destroyTwice": ({ operation, ask, isNow }) =>
    operation === "destroy" && isNow(0.5) ? ask().then(() => true) : undefined,

  // Refuses old tokens without asking Redis, so that reuse goes unnoticed.
  "R14-silent": ({ operation, call, memory }) =>
    memory.successors.has(tokenOf(call)) && (operation === "verify" || operation === "rotate")
      ? Promise.resolve(null)
      : undefined,

  "R15-revived": ({ operation, call, memory, ask }) =>
    operation === "verify"
      ? ask().then((answer) => answer ?? memory.seen.get(tokenOf(call)) ?? null)
      : undefined,

  "R16-silent": ({ operation, call }) =>
    operation === "watch"
      ? sleep((call as Calls["watch"]).for).then(() => ({ ends: 0, reason: null }))
      : undefined,

  "R16-false": ({ operation, isNow }) =>
    operation === "watch" && isNow(0.2) ? Promise.resolve({ ends: 1, reason: "destroyed" }) : undefined,

  "R16-twice": ({ operation, ask }) =>
    operation === "watch"
      ? ask().then((answer) => ({
          ...(answer as Answers["watch"]),
          ends: 2 * (answer as Answers["watch"]).ends,
        }))
      : undefined,
  ...ONCE_LIES,
};

const outage = (): Error =>
  Object.assign(new Error("no answer"), { code: "ERR_RWT_STORE_UNAVAILABLE", reason: "server" });

export const newMemory = (): Memory => ({
  seen: new Map(),
  successors: new Map(),
  once: new Map(),
  codes: new Map(),
});

/**
 * @param lie - a name of {@link LIES}; `undefined` to tell the truth
 * @param memory - shared by the services of a host
 */
export function createLiar(
  lie: string | undefined,
  service: RunningService,
  services: readonly RunningService[],
  memory: Memory,
): Liar {
  if (lie === undefined) return service;
  const tell = LIES[lie];
  if (tell === undefined)
    throw new RangeError(`unknown lie: ${lie}. Choose from ${Object.keys(LIES).join(", ")}`);
  const isNow = (probability: number): boolean => Math.random() < probability;

  async function truth(operation: Operation, call: Calls[Operation]): Promise<unknown> {
    const answer = await service.run(operation, call);
    if (answer === null) return answer;
    if (operation === "verify" && !memory.seen.has(tokenOf(call)))
      memory.seen.set(tokenOf(call), answer as Seen);
    if (operation === "oncePeek" || operation === "onceConsume")
      memory.once.set(tokenOf(call), answer as OnceSeen);
    if (operation === "onceCode") memory.codes.set((call as Calls["onceCode"]).subject, answer as string);
    if (operation === "rotate") memory.successors.set(tokenOf(call), (answer as { token: string }).token);
    return answer;
  }

  return {
    run(operation, call) {
      const ask: Asked["ask"] = (other = operation, what = call) => truth(other, what);
      return tell({ operation, call, service, services, memory, ask, isNow }) ?? ask();
    },
  };
}
