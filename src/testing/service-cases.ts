import { command, query, scriptCall, WRITES } from "../redis/command.ts";
import type { NewSession, SessionRef, TokenStore } from "../store.ts";
import { equal, rejection } from "./assert.ts";
import type { ContractCase } from "./contract-case.ts";
import { newSession, now, valueAt } from "./samples.ts";

const refOf = ({ redis }: NewSession, generation = 0): SessionRef => ({ redis, generation });

/** Every key that a session has. */
const keysOf = ({ redis: { session, person, index } }: NewSession): string[] =>
  [session, person, index].filter((key) => key !== undefined);

async function created(store: TokenStore, hasPerson: boolean, ttl?: number): Promise<NewSession> {
  const session = newSession(hasPerson, ttl);
  await store.create(session, { now: now() });
  return session;
}

const check = (store: TokenStore, session: NewSession, generation?: number, slideTo?: number) =>
  store.check(refOf(session, generation), { now: now(), slideTo });

/** Whether a session is live and has its data. */
async function isLive(store: TokenStore, session: NewSession, generation?: number): Promise<boolean> {
  const found = await check(store, session, generation);
  return found?.isLive === true && found.data === session.data;
}

/** Makes the next generation the current one, as `rotate` does. */
async function rotate(store: TokenStore, session: NewSession, generation: number): Promise<void> {
  const { session: key, person } = session.redis;
  const keys = person === undefined ? [key] : [key, person];
  const args = [String(generation), "0", "1", "60", String(now())];
  const reply = await store.run(scriptCall("rotate", keys, args));
  equal(String(reply), `rotated,${generation + 1}`, "rotation");
}

const BOTH = [false, true];

/** Cases for the methods that a service calls: `create`, `check`, `extend`, `destroy`. */
export const serviceCases: readonly ContractCase[] = [
  {
    name: "creates a session, with and without a person, and finds what was stored",
    async run(store) {
      for (const hasPerson of BOTH) {
        const session = await created(store, hasPerson);
        const found = await check(store, session);
        equal(found?.isLive, true, "live");
        equal(Number(found?.iat), session.issuedAt, "iat");
        equal(found?.facts, session.facts, "facts");
        equal(found?.data, session.data, "data");
        equal(found?.dataAt.key, session.redis.session, "the key with the data");
        equal(found?.dataAt.number, 3, "the line with the data");
      }
    },
  },
  {
    name: "gives every key of a session an expiry",
    async run(store) {
      for (const hasPerson of BOTH) {
        const session = await created(store, hasPerson);
        for (const key of keysOf(session)) {
          const ttl = Number(await store.run(query("PTTL", [key])));
          equal(ttl > 0, true, `an expiry of ${key}`);
        }
      }
    },
  },
  {
    name: "accepts a retry of create, and never overwrites another session",
    async run(store) {
      for (const hasPerson of BOTH) {
        const session = await created(store, hasPerson);
        const before = await valueAt(store, session.redis.session);
        await store.create(session, { now: now() });
        await rejection(
          store.create({ ...session, data: '"another"' }, { now: now() }),
          "create on a taken key",
        );
        equal(await valueAt(store, session.redis.session), before, "value");
      }
    },
  },
  {
    name: "makes a session only by create",
    async run(store) {
      for (const hasPerson of BOTH) {
        const session = newSession(hasPerson);
        equal(await check(store, session), null, "check");
        equal(await check(store, session, 0, 60), null, "sliding check");
        equal(await store.extend(refOf(session), 60, { now: now() }), false, "extend");
        equal(await store.destroy(refOf(session)), false, "destroy");
        for (const key of keysOf(session))
          equal(Number(await store.run(query("EXISTS", [key]))), 0, `nothing at ${key}`);
      }
    },
  },
  {
    name: "destroys a session for good, once, by a token of any generation",
    async run(store) {
      for (const hasPerson of BOTH) {
        for (const generation of [0, 1, 5]) {
          const session = await created(store, hasPerson);
          await rotate(store, session, 0);
          // This check is the first use of generation 1, so generation 0 is no longer live.
          equal(await isLive(store, session, 1), true, "check before");
          equal(await store.destroy(refOf(session, generation)), true, "first");
          equal(await store.destroy(refOf(session, generation)), false, "second");
          equal(await isLive(store, session, 1), false, "check");
          equal(await store.extend(refOf(session, 1), 60, { now: now() }), false, "extend");
          equal(await valueAt(store, session.redis.session), null, "value");
        }
      }
    },
  },
  {
    name: "finds no session of a person whose key is gone, or has another epoch",
    async run(store) {
      const [lost, ended] = [await created(store, true), await created(store, true)];
      await store.run(command("DEL", [lost.redis.person ?? ""], [], WRITES));
      const args = ["AbCdEfGhIjk", "0", String(now())];
      equal(
        Number(await store.run(scriptCall("destroy-all", [ended.redis.person ?? ""], args))),
        1,
        "destroy-all",
      );
      for (const session of [lost, ended]) {
        equal(await check(store, session), null, "check");
        equal(await store.extend(refOf(session), 60, { now: now() }), false, "extend");
        equal(await store.destroy(refOf(session)), false, "destroy");
      }
    },
  },
  {
    name: "finds an older generation live until the current one is used, and ends the session if one nine rotations old is reused",
    async run(store) {
      for (const hasPerson of BOTH) {
        const session = await created(store, hasPerson);
        await rotate(store, session, 0);
        equal(await isLive(store, session, 0), true, "the previous one, at first");
        equal(await isLive(store, session, 1), true, "the current one");
        equal(await isLive(store, session, 0), false, "the previous one, afterwards");
        equal(await isLive(store, session, 2), true, "one that a failover lost");
        for (let i = 2; i < 10; i++) await rotate(store, session, i);
        equal((await check(store, session, 2)) === null, true, "a straggler");
        equal(await isLive(store, session, 10), true, "the current one after it");
        equal((await check(store, session, 0))?.isLive, false, "reuse");
        equal(await check(store, session, 10), null, "the current one after reuse");
      }
    },
  },
  {
    name: "rejects a service's calls with the caller's reason when it aborts",
    async run(store) {
      const session = await created(store, true);
      const reason = new Error("gave up");
      const options = { signal: AbortSignal.abort(reason), now: now() };
      const unmade = newSession(true);
      const calls = {
        create: () => store.create(unmade, options),
        check: () => store.check(refOf(session), options),
        extend: () => store.extend(refOf(session), 60, options),
        destroy: () => store.destroy(refOf(session), options),
      };
      for (const [name, call] of Object.entries(calls)) equal(await rejection(call(), name), reason, name);
      equal(await isLive(store, session), true, "the session");
      equal(await valueAt(store, unmade.redis.session), null, "the one that wasn't made");
    },
  },
];

/** The cases for which time has to pass. */
export const timelyServiceCases = (advance: (seconds: number) => Promise<void>): readonly ContractCase[] => [
  {
    name: "lets a session live as long as create, extend and a sliding check say",
    async run(store) {
      for (const hasPerson of BOTH) {
        const [left, slid, extended, shortened] = await Promise.all(
          [1, 1, 1, 60].map((ttl) => created(store, hasPerson, ttl)),
        );
        if (!left || !slid || !extended || !shortened) throw new Error("four sessions were created");
        equal((await check(store, slid, 0, 3))?.isLive, true, "sliding check");
        equal(await store.extend(refOf(extended), 3, { now: now() }), true, "extend");
        equal(await store.extend(refOf(shortened), 1, { now: now() }), true, "shorten");
        await advance(1.2);
        equal(await isLive(store, left), false, "the one that was left alone");
        equal(await isLive(store, slid), true, "the one that slid");
        equal(await isLive(store, extended), true, "the one that was extended");
        equal(await isLive(store, shortened), false, "the one that was shortened");
        equal(await store.extend(refOf(left), 60, { now: now() }), false, "extend after the end");
        await advance(2);
        for (const session of [slid, extended])
          equal(await isLive(store, session), false, "after the new end");
      }
    },
  },
];
