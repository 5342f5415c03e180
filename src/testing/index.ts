/**
 * The contract of a `TokenStore` as a suite that any test runner can run: for people who write a store.
 *
 * @module
 */
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

let keys = 0;
/** As the library makes them, in slots of their own. */
const freshKey = (): string => `contract:{${(keys++).toString(16)}}:s:${crypto.randomUUID()}`;

const VALUE = '{"v":1,"iat":1,"exp":2,"data":"é 🎟 \\ud800","meta":{"n":[1,null,false]}}';
const OTHER = '{"v":1,"iat":1,"exp":2,"data":"other"}';

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
      name: "ends an entry after its time to live",
      async run(store) {
        const key = freshKey();
        await store.create({ key, value: VALUE, ttl: 1 });
        await advance(1.2);
        equal(await store.read(key), null, "read after the end");
        equal(await store.extend(key, 60), false, "extend after the end");
        equal(await store.read(key, { slideTo: 60 }), null, "slide after the end");
        equal(await store.remove(key), false, "remove after the end");
      },
    },
    {
      name: "slides an entry with the read, and leaves its end alone without",
      async run(store) {
        const [slid, left] = [freshKey(), freshKey()];
        for (const key of [slid, left]) await store.create({ key, value: VALUE, ttl: 1 });
        equal(await store.read(slid, { slideTo: 3 }), VALUE, "sliding read");
        equal(await store.read(left), VALUE, "plain read");
        await advance(1.2);
        equal(await store.read(slid), VALUE, "read of the slid entry");
        equal(await store.read(left), null, "read of the other");
        await advance(2);
        equal(await store.read(slid), null, "read after the end that was slid to");
      },
    },
    {
      name: "extends an entry, and shortens it too",
      async run(store) {
        const [longer, shorter] = [freshKey(), freshKey()];
        await store.create({ key: longer, value: VALUE, ttl: 1 });
        await store.create({ key: shorter, value: VALUE, ttl: 60 });
        equal(await store.extend(longer, 3), true, "extend");
        equal(await store.extend(shorter, 1), true, "shorten");
        await advance(1.2);
        equal(await store.read(longer), VALUE, "read of the extended entry");
        equal(await store.read(shorter), null, "read of the shortened entry");
        await advance(2);
        equal(await store.read(longer), null, "read after the end that was extended to");
      },
    },
  ];
  return [...timeless, ...timely];
}

const timeless: readonly ContractCase[] = [
  {
    name: "gives back the text that was stored, to the letter",
    async run(store) {
      const long = JSON.stringify({ v: 1, data: "é".repeat(500_000) });
      for (const value of [VALUE, '{"v":1,"data":null}', `{"__proto__":{"v":1}}`, long]) {
        const key = freshKey();
        equal(await store.create({ key, value, ttl: 60 }), true, "create");
        equal(await store.read(key), value, "read");
      }
    },
  },
  {
    name: "answers null or false for what isn't there, and creates nothing by it",
    async run(store) {
      const key = freshKey();
      equal(await store.read(key), null, "read");
      equal(await store.read(key, { slideTo: 60 }), null, "sliding read");
      equal(await store.extend(key, 60), false, "extend");
      equal(await store.remove(key), false, "remove");
      equal(await store.read(key), null, "read afterwards");
    },
  },
  {
    name: "never overwrites an entry",
    async run(store) {
      const key = freshKey();
      await store.create({ key, value: VALUE, ttl: 60 });
      equal(await store.create({ key, value: OTHER, ttl: 60 }), false, "create on a taken key");
      equal(await store.read(key), VALUE, "read");
    },
  },
  {
    name: "takes a creation that is sent twice for one",
    async run(store) {
      const entry = { key: freshKey(), value: VALUE, ttl: 60 };
      equal(await store.create(entry), true, "first");
      equal(await store.create(entry), true, "second");
    },
  },
  {
    name: "removes an entry for good, once",
    async run(store) {
      const key = freshKey();
      await store.create({ key, value: VALUE, ttl: 60 });
      equal(await store.remove(key), true, "first");
      equal(await store.remove(key), false, "second");
      equal(await store.read(key, { slideTo: 60 }), null, "read");
      equal(await store.extend(key, 60), false, "extend");
      equal(await store.read(key), null, "read afterwards");
    },
  },
  {
    name: "refuses a time to live that would mean no end",
    async run(store) {
      const key = freshKey();
      for (const ttl of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        await rejection(store.create({ key, value: VALUE, ttl }), `create with ${ttl}`);
        equal(await store.read(key), null, `read after a create with ${ttl}`);
      }
      await store.create({ key, value: VALUE, ttl: 60 });
      for (const ttl of [0, -1, 0.5, Number.NaN]) {
        await rejection(store.extend(key, ttl), `extend with ${ttl}`);
        await rejection(store.read(key, { slideTo: ttl }), `slide with ${ttl}`);
      }
      equal(await store.read(key), VALUE, "read in the end");
    },
  },
  {
    name: "rejects with the signal's reason when the caller has given up",
    async run(store) {
      const key = freshKey();
      const reason = new Error("gave up");
      const signal = AbortSignal.abort(reason);
      const calls = {
        create: () => store.create({ key, value: VALUE, ttl: 60 }, { signal }),
        read: () => store.read(key, { signal }),
        extend: () => store.extend(key, 60, { signal }),
        remove: () => store.remove(key, { signal }),
        connect: () => store.connect({ signal }),
      };
      for (const [name, call] of Object.entries(calls)) equal(await rejection(call(), name), reason, name);
      equal(await store.read(key), null, "read afterwards");
    },
  },
  {
    name: "keeps calls that run at the same time apart",
    async run(store) {
      const keysAtOnce = Array.from({ length: 50 }, freshKey);
      const nth = (i: number) => JSON.stringify({ v: 1, data: i });
      await Promise.all(keysAtOnce.map((key, i) => store.create({ key, value: nth(i), ttl: 60 })));
      const values = await Promise.all(keysAtOnce.map((key) => store.read(key)));
      values.forEach((value, i) => {
        equal(value, nth(i), `value ${i}`);
      });
    },
  },
  {
    name: "opens again by itself after disconnect, with its entries",
    async run(store) {
      const key = freshKey();
      await store.connect();
      await store.create({ key, value: VALUE, ttl: 60 });
      await store.disconnect();
      equal(await store.read(key), VALUE, "read after disconnect");
    },
  },
];
