import type { Redis } from "ioredis";
import { expect } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import type { TokenStore } from "../../src/store.ts";

export const secret = "a secret of the tests, 32 bytes or more";

export const serviceOver = (store: TokenStore, verifyExtendsToken = false) =>
  createRwt({ store, secret, verifyExtendsToken }).with(sessions());
export const limitedOver = (store: TokenStore) =>
  createRwt({ store, secret }).with(sessions({ maxSessions: 3 }));
export type Service = ReturnType<typeof serviceOver>;

/** A person with three sessions, one of which has ended, and a session without a subject. */
export interface State {
  readonly subject: string;
  readonly mine: string;
  readonly other: string;
  readonly ended: string;
  readonly alone: string;
  /** The public id of `other`. */
  readonly otherId: string;
}

export async function makeState(healthy: Service, subject: string): Promise<State> {
  const sign = (what: string) => healthy.sign({ what }, { subject, meta: { what } });
  const [mine, other, ended] = [await sign("mine"), await sign("other"), await sign("ended")];
  await healthy.destroy(ended);
  const otherId = (await healthy.idOf(other)) ?? expect.fail();
  return { subject, mine, other, ended, alone: await healthy.sign({ what: "alone" }), otherId };
}

/** What a check may use: a service on a healthy Redis, and the Redis itself. */
export interface Healthy {
  readonly rwt: Service;
  readonly admin: Redis;
}

/** An operation, and what must hold once it has succeeded. */
export interface PromisedOperation {
  readonly name: string;
  /** Runs it on the store under test. */
  run(store: TokenStore, state: State): Promise<unknown>;
  /** Whether an answer means success. A retry after a first attempt that took effect may get other answers: see `again`. */
  isDone(answer: unknown): boolean;
  /** Other answers that a retry may get. */
  readonly again?: (answer: unknown) => boolean;
  /** Checks what must hold after success, given the answer. */
  holds(healthy: Healthy, state: State, answer: unknown): Promise<void>;
}

const dataOf = async ({ rwt }: Healthy, token: unknown): Promise<unknown> =>
  (await rwt.verify(token as string))?.data;
const isToken = (answer: unknown): boolean => typeof answer === "string" && /^rwt_/.test(answer);
const isTrue = (answer: unknown): boolean => answer === true;
const isFalse = (answer: unknown): boolean => answer === false;
const isNull = (answer: unknown): boolean => answer === null;

async function listed({ rwt }: Healthy, subject: string): Promise<unknown[]> {
  return (await rwt.list(subject)).sessions.map(({ meta }) => meta?.what).sort();
}

/** The longest time to live of the session keys, seconds. */
async function longestLife({ admin }: Healthy): Promise<number> {
  const keys = await admin.keys("*:s:*");
  return Math.max(...(await Promise.all(keys.map((key) => admin.ttl(key)))));
}

const signs: readonly PromisedOperation[] = [
  {
    name: "sign, without a subject",
    run: (store) => serviceOver(store).sign({ what: "new" }),
    isDone: isToken,
    holds: async (healthy, _, token) => expect(await dataOf(healthy, token)).toEqual({ what: "new" }),
  },
  {
    name: "sign, with a subject",
    run: (store, { subject }) => serviceOver(store).sign({ what: "new" }, { subject, meta: { what: "new" } }),
    isDone: isToken,
    async holds(healthy, { subject, mine }, token) {
      expect(await dataOf(healthy, token)).toEqual({ what: "new" });
      expect(await listed(healthy, subject)).toContain("new");
      expect(await dataOf(healthy, mine)).toEqual({ what: "mine" });
    },
  },
  {
    name: "sign, a person's first session",
    run: (store, { subject }) => serviceOver(store).sign({ what: "new" }, { subject: `new ${subject}` }),
    isDone: isToken,
    holds: async (healthy, _, token) => expect(await dataOf(healthy, token)).toEqual({ what: "new" }),
  },
  {
    name: "sign, when the limit is reached",
    async run(store, { subject }) {
      const rwt = limitedOver(store);
      return rwt.sign({ what: "new" }, { subject, meta: { what: "new" } });
    },
    isDone: isToken,
    async holds(healthy, { subject }, token) {
      expect(await dataOf(healthy, token)).toEqual({ what: "new" });
      expect((await healthy.rwt.list(subject)).sessions.length).toBeLessThanOrEqual(3);
    },
  },
];

const checks: readonly PromisedOperation[] = [
  {
    name: "verify",
    run: async (store, { mine }) => (await serviceOver(store).verify(mine))?.data,
    isDone: (answer) => JSON.stringify(answer) === '{"what":"mine"}',
    holds: async () => {},
  },
  {
    name: "verify that slides",
    run: async (store, { mine }) => (await serviceOver(store, true).verify(mine))?.data,
    isDone: (answer) => JSON.stringify(answer) === '{"what":"mine"}',
    async holds(healthy) {
      expect(await longestLife(healthy)).toBeGreaterThan(3590);
    },
  },
  {
    name: "extend",
    run: (store, { mine }) => serviceOver(store).extend(mine, { expire: 7000 }),
    isDone: isTrue,
    async holds(healthy) {
      expect(await longestLife(healthy)).toBeGreaterThan(6900);
    },
  },
  {
    name: "list",
    run: async (store, { subject }) =>
      (await serviceOver(store).list(subject)).sessions.map(({ meta }) => meta?.what).sort(),
    isDone: (answer) => JSON.stringify(answer) === '["mine","other"]',
    holds: async () => {},
  },
];

const changes: readonly PromisedOperation[] = [
  {
    name: "rotate",
    run: (store, { mine }) => serviceOver(store).rotate(mine),
    isDone: isToken,
    async holds(healthy, { mine }, successor) {
      expect(await dataOf(healthy, mine)).toEqual({ what: "mine" });
      expect(await dataOf(healthy, successor)).toEqual({ what: "mine" });
      expect(await dataOf(healthy, mine)).toBeUndefined();
    },
  },
  {
    name: "rotate, with a grace",
    run: (store, { mine }) => serviceOver(store).rotate(mine, { grace: 60 }),
    isDone: isToken,
    async holds(healthy, { mine }, successor) {
      for (const token of [successor, mine, successor])
        expect(await dataOf(healthy, token)).toEqual({ what: "mine" });
    },
  },
  {
    name: "rotate, for a change of privilege",
    run: (store, { mine }) => serviceOver(store).rotate(mine, { retry: false }),
    isDone: isToken,
    // The first attempt's token is lost, so the user signs in again.
    again: isNull,
    async holds(healthy, { mine }, successor) {
      expect(await dataOf(healthy, mine)).toBeUndefined();
      if (successor !== null) expect(await dataOf(healthy, successor)).toEqual({ what: "mine" });
    },
  },
  {
    name: "reauthenticate",
    run: (store, { mine }) => serviceOver(store).reauthenticate(mine, { amr: ["otp"] }),
    isDone: isToken,
    // The first attempt's token is lost, so the user signs in again.
    again: isNull,
    async holds(healthy, { mine }, successor) {
      expect(await dataOf(healthy, mine)).toBeUndefined();
      if (successor === null) return;
      const session = await healthy.rwt.verify(successor as string);
      expect([session?.data, session?.auth?.amr]).toEqual([{ what: "mine" }, ["otp"]]);
    },
  },
  {
    name: "update",
    run: (store, { mine }) => serviceOver(store).update(mine, { what: "updated" }),
    isDone: isTrue,
    async holds(healthy, { mine, other }) {
      expect(await dataOf(healthy, mine)).toEqual({ what: "updated" });
      expect(await dataOf(healthy, other)).toEqual({ what: "other" });
    },
  },
  {
    name: "update with a function",
    run: (store, { alone }) =>
      serviceOver(store).update(alone, (data: unknown) => ({ ...(data as object), changed: true })),
    isDone: isTrue,
    holds: async (healthy, { alone }) =>
      expect(await dataOf(healthy, alone)).toEqual({ what: "alone", changed: true }),
  },
  {
    name: "updateAll",
    run: (store, { subject }) => serviceOver(store).updateAll(subject, { what: "all" }),
    isDone: isTrue,
    async holds(healthy, { mine, other }) {
      for (const token of [mine, other]) expect(await dataOf(healthy, token)).toEqual({ what: "all" });
    },
  },
];

const loads: PromisedOperation = {
  name: "updateAll with a function",
  run: (store, { subject }) => serviceOver(store).updateAll(subject, () => ({ what: "all" })),
  isDone: isTrue,
  async holds(healthy, { mine, other }) {
    for (const token of [mine, other]) expect(await dataOf(healthy, token)).toEqual({ what: "all" });
  },
};

const ends: readonly PromisedOperation[] = [
  {
    name: "destroy",
    run: (store, { mine }) => serviceOver(store).destroy(mine),
    isDone: isTrue,
    again: isFalse,
    async holds(healthy, { mine, other }) {
      expect(await dataOf(healthy, mine)).toBeUndefined();
      expect(await dataOf(healthy, other)).toEqual({ what: "other" });
    },
  },
  {
    name: "destroy, without a subject",
    run: (store, { alone }) => serviceOver(store).destroy(alone),
    isDone: isTrue,
    again: isFalse,
    holds: async (healthy, { alone }) => expect(await dataOf(healthy, alone)).toBeUndefined(),
  },
  {
    name: "destroyById",
    run: (store, { subject, otherId }) => serviceOver(store).destroyById(subject, otherId),
    isDone: isTrue,
    again: isFalse,
    async holds(healthy, { mine, other }) {
      expect(await dataOf(healthy, other)).toBeUndefined();
      expect(await dataOf(healthy, mine)).toEqual({ what: "mine" });
    },
  },
  {
    name: "destroyAll",
    run: (store, { subject }) => serviceOver(store).destroyAll(subject),
    isDone: isTrue,
    async holds(healthy, { subject, mine, other }) {
      for (const token of [mine, other]) expect(await dataOf(healthy, token)).toBeUndefined();
      expect(await listed(healthy, subject)).toEqual([]);
    },
  },
  {
    name: "destroyAll but one",
    run: (store, { subject, mine }) => serviceOver(store).destroyAll(subject, { except: mine }),
    isDone: isTrue,
    async holds(healthy, { mine, other }) {
      expect(await dataOf(healthy, mine)).toEqual({ what: "mine" });
      expect(await dataOf(healthy, other)).toBeUndefined();
    },
  },
];

export const promisedOperations: readonly PromisedOperation[] = [
  ...signs,
  ...checks,
  ...changes,
  loads,
  ...ends,
];
