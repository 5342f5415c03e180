/**
 * The contract of a `TokenStore` as a suite that any test runner can run: for people who write a store.
 *
 * @module
 */
import { command, query, scriptCall, TOUCHES, WRITES } from "../redis/command.ts";
import type { TokenStore } from "../store.ts";
import { equal, rejection } from "./assert.ts";

/** One promise of the contract. */
export interface ContractCase {
  /** A sentence about what a store does. */
  readonly name: string;
  /** Rejects where the store doesn't. Cases use keys of their own, so they may run at the same time. */
  run(store: TokenStore): Promise<void>;
}

/** Options of {@link storeContract}. */
export interface StoreContractOptions {
  /**
   * Lets time pass, in seconds, for a store with a clock of its own.
   * @default waits in real time; the whole suite takes some 4 seconds when its cases run at the same time
   */
  readonly advance?: ((seconds: number) => Promise<void>) | undefined;
}

const wait = (seconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });

let made = 0;

/** Keys as the library makes them, in a slot of their own. */
function freshKeys(): { readonly session: string; readonly person: string; readonly index: string } {
  const base = `contract:{${(made++).toString(16)}}:`;
  const name = crypto.randomUUID();
  return { session: `${base}s:${name}`, person: `${base}p:${name}`, index: `${base}i:${name}` };
}

const EPOCH = "AbCdEfGhIjk";
const zeros = (digits: number): string => "0".repeat(digits);
const valueWith = (epoch: string, data: string): string =>
  `1 ${zeros(10)} ${epoch} 00000 1 ${zeros(10)} ${zeros(10)} ${zeros(8)} ${zeros(8)}\n{}\n${data}`;
const VALUE = valueWith("-----------", '"é 🎟 \\ud800 \u2028"');
const OTHER = valueWith("-----------", "2");

const set = (store: TokenStore, key: string, value: string, ttl: number) =>
  store.run(command("SET", [key], [value, "EX", String(ttl), "NX"], WRITES));
const valueAt = async (store: TokenStore, session: string) => (await store.read({ session })).session;
const extend = (store: TokenStore, session: string, ttl: number) =>
  store.run(scriptCall("extend", [session], ["0", String(ttl), "0"], TOUCHES));
const remove = (store: TokenStore, session: string) => store.run(scriptCall("destroy", [session], ["", "1"]));

/**
 * The cases that every store has to pass.
 *
 * @example
 * ```ts
 * import { test } from "vitest";
 * import { memoryStore } from "redis-web-token/memory";
 * import { storeContract } from "redis-web-token/testing";
 *
 * const store = memoryStore();
 * for (const { name, run } of storeContract()) test(name, () => run(store));
 * ```
 */
export function storeContract({ advance = wait }: StoreContractOptions = {}): readonly ContractCase[] {
  const timely: readonly ContractCase[] = [
    {
      name: "ends a session after its time to live",
      async run(store) {
        const { session } = freshKeys();
        await set(store, session, VALUE, 1);
        await advance(1.2);
        equal(await valueAt(store, session), null, "read after the end");
        equal(await extend(store, session, 60), 0, "extend after the end");
        equal((await store.read({ session }, { slideTo: 60 })).session, null, "slide after the end");
        equal(await remove(store, session), 0, "remove after the end");
      },
    },
    {
      name: "slides a session with the read, and leaves its end alone without",
      async run(store) {
        const [slid, left] = [freshKeys().session, freshKeys().session];
        for (const key of [slid, left]) await set(store, key, VALUE, 1);
        equal((await store.read({ session: slid }, { slideTo: 3 })).session, VALUE, "sliding read");
        equal(await valueAt(store, left), VALUE, "plain read");
        await advance(1.2);
        equal(await valueAt(store, slid), VALUE, "read of the slid session");
        equal(await valueAt(store, left), null, "read of the other");
        await advance(2);
        equal(await valueAt(store, slid), null, "read after the end that was slid to");
      },
    },
    {
      name: "extends a session, and shortens it too",
      async run(store) {
        const [longer, shorter] = [freshKeys().session, freshKeys().session];
        await set(store, longer, VALUE, 1);
        await set(store, shorter, VALUE, 60);
        equal(await extend(store, longer, 3), 1, "extend");
        equal(await extend(store, shorter, 1), 1, "shorten");
        await advance(1.2);
        equal(await valueAt(store, longer), VALUE, "read of the extended session");
        equal(await valueAt(store, shorter), null, "read of the shortened session");
        await advance(2);
        equal(await valueAt(store, longer), null, "read after the end that was extended to");
      },
    },
  ];
  return [...timeless, ...timely];
}

const timeless: readonly ContractCase[] = [
  {
    name: "gives back the text that was stored, to the letter",
    async run(store) {
      const long = valueWith("-----------", JSON.stringify("é".repeat(500_000)));
      for (const value of [VALUE, OTHER, valueWith("-----------", '{"__proto__":{"v":1}}'), long]) {
        const { session } = freshKeys();
        equal(await set(store, session, value, 60), "OK", "set");
        equal(await valueAt(store, session), value, "read");
      }
    },
  },
  {
    name: "gives null for what isn't there, and creates nothing by it",
    async run(store) {
      const { session, person } = freshKeys();
      equal(await valueAt(store, session), null, "read");
      equal((await store.read({ session, person }, { slideTo: 60 })).person, null, "sliding read");
      equal(await extend(store, session, 60), 0, "extend");
      equal(await remove(store, session), 0, "remove");
      equal(await valueAt(store, session), null, "read afterwards");
    },
  },
  {
    name: "reads a session with its person, each once or more in a batch",
    async run(store) {
      const keys = freshKeys();
      const sessions = ["a", "b"].map((name) => `${keys.session}${name}`);
      const owner = `1 ${EPOCH} ${zeros(8)}`;
      await set(store, keys.person, owner, 60);
      for (const [i, session] of sessions.entries())
        await set(store, session, valueWith(EPOCH, String(i)), 60);
      for (const slideTo of [undefined, 60]) {
        const asked = [...sessions, ...sessions].map((session) =>
          store.read({ session, person: keys.person }, { slideTo }),
        );
        for (const [i, snapshot] of (await Promise.all(asked)).entries()) {
          equal(snapshot.session, valueWith(EPOCH, String(i % 2)), `session ${i}`);
          equal(snapshot.person, owner, `person of ${i}`);
        }
      }
    },
  },
  {
    name: "never overwrites a session",
    async run(store) {
      const { session } = freshKeys();
      await set(store, session, VALUE, 60);
      equal(await set(store, session, OTHER, 60), null, "set on a taken key");
      equal(await valueAt(store, session), VALUE, "read");
    },
  },
  {
    name: "removes a session for good, once",
    async run(store) {
      const { session } = freshKeys();
      await set(store, session, VALUE, 60);
      equal(await remove(store, session), 1, "first");
      equal(await remove(store, session), 0, "second");
      equal((await store.read({ session }, { slideTo: 60 })).session, null, "read");
      equal(await extend(store, session, 60), 0, "extend");
      equal(await valueAt(store, session), null, "read afterwards");
    },
  },
  {
    name: "refuses a time to live that would mean no end",
    async run(store) {
      const { session } = freshKeys();
      await set(store, session, VALUE, 60);
      for (const slideTo of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        await rejection(store.read({ session }, { slideTo }), `slide with ${slideTo}`);
      }
      equal(await valueAt(store, session), VALUE, "read in the end");
    },
  },
  {
    name: "runs several commands in one call, and gives their replies in order",
    async run(store) {
      const { session, person } = freshKeys();
      await set(store, session, VALUE, 60);
      const replies = await store.runAll([
        query("GET", [person]),
        query("MGET", [session, person]),
        query("GET", [session]),
      ]);
      equal(JSON.stringify(replies), JSON.stringify([null, [VALUE, null], VALUE]), "replies");
    },
  },
  {
    name: "rejects with the signal's reason when the caller has given up",
    async run(store) {
      const { session } = freshKeys();
      const reason = new Error("gave up");
      const signal = AbortSignal.abort(reason);
      const calls = {
        run: () => store.run(command("SET", [session], [VALUE, "EX", "60", "NX"], WRITES), { signal }),
        runAll: () => store.runAll([query("GET", [session])], { signal }),
        read: () => store.read({ session }, { signal }),
        connect: () => store.connect({ signal }),
      };
      for (const [name, call] of Object.entries(calls)) equal(await rejection(call(), name), reason, name);
      equal(await valueAt(store, session), null, "read afterwards");
    },
  },
  {
    name: "keeps calls that run at the same time apart",
    async run(store) {
      const keys = Array.from({ length: 50 }, () => freshKeys().session);
      const nth = (i: number) => valueWith("-----------", String(i));
      await Promise.all(keys.map((key, i) => set(store, key, nth(i), 60)));
      const values = await Promise.all(keys.map((key) => valueAt(store, key)));
      values.forEach((value, i) => {
        equal(value, nth(i), `value ${i}`);
      });
    },
  },
  {
    name: "opens again by itself after disconnect, with its sessions",
    async run(store) {
      const { session } = freshKeys();
      await store.connect();
      await set(store, session, VALUE, 60);
      await store.disconnect();
      equal(await valueAt(store, session), VALUE, "read after disconnect");
    },
  },
];
