import { describe, expect, test } from "vitest";
import { OptionRangeError } from "../../src/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { storeContract } from "../../src/testing/index.ts";
import { createTimeMachine } from "../conformance/time-machine.ts";

/** A store with one fault, of the kinds that stores have had. */
type Fault = (good: TokenStore) => Partial<TokenStore>;

const faults: Record<string, { readonly fault: Fault; readonly found: RegExp }> = {
  "changes the text": {
    fault: (good) => ({ read: async (key) => (await good.read(key))?.replace("v", "w") ?? null }),
    found: /to the letter/,
  },
  overwrites: {
    fault: (good) => ({
      create: async (entry) => {
        await good.remove(entry.key);
        return good.create(entry);
      },
    }),
    found: /never overwrites/,
  },
  "refuses its own write when it is sent again": {
    fault: (good) => ({
      create: async (entry) => (await good.read(entry.key)) === null && good.create(entry),
    }),
    found: /sent twice/,
  },
  "forgets the end": {
    fault: (good) => ({ create: (entry) => good.create({ ...entry, ttl: 1_000_000 }) }),
    found: /ends an entry/,
  },
  "takes 0 for no end": {
    fault: (good) => ({ create: (entry) => good.create({ ...entry, ttl: entry.ttl || 1_000_000 }) }),
    found: /no end/,
  },
  "rounds a time up": {
    fault: (good) => ({ extend: (key, ttl, options) => good.extend(key, Math.ceil(ttl), options) }),
    found: /no end/,
  },
  "slides for ever": {
    fault: (good) => ({
      read: (key, options) => good.read(key, options?.slideTo ? { slideTo: 1_000_000 } : options),
    }),
    found: /slides an entry/,
  },
  "slides without being asked": {
    fault: (good) => ({ read: (key, options) => good.read(key, { slideTo: 60, ...options }) }),
    found: /leaves its end alone/,
  },
  "extends for ever": {
    fault: (good) => ({ extend: (key) => good.extend(key, 1_000_000) }),
    found: /extends an entry/,
  },
  "brings a removed entry back when it is extended": {
    fault: (good) => ({
      extend: (key, ttl) => good.create({ key, value: "{}", ttl }),
    }),
    found: /creates nothing by it/,
  },
  "doesn't remove": { fault: () => ({ remove: async () => true }), found: /removes an entry for good/ },
  "says that nothing was removed": {
    fault: (good) => ({ remove: async (key) => (await good.remove(key)) && false }),
    found: /removes an entry for good/,
  },
  "takes an abort for an answer": {
    fault: (good) => ({
      read: (key, options) => (options?.signal?.aborted ? Promise.resolve(null) : good.read(key)),
    }),
    found: /given up/,
  },
  "mixes up what runs at the same time": {
    fault: (good) => {
      let last = "";
      return {
        read: async (key) => {
          last = key;
          await undefined;
          return good.read(last);
        },
      };
    },
    found: /same time/,
  },
  "loses its entries when it disconnects": {
    fault: (good) => {
      let closed = false;
      return {
        read: async (key, options) => (closed ? null : good.read(key, options)),
        disconnect: async () => {
          closed = true;
        },
      };
    },
    found: /after disconnect/,
  },
};

describe("the contract finds a store that", () => {
  test.each(Object.entries(faults))("%s", async (_, { fault, found }) => {
    const time = createTimeMachine();
    const failed: string[] = [];
    for (const { name, run } of storeContract({ advance: time.advance })) {
      const good = memoryStore({ now: time.now });
      await run({ ...good, ...fault(good) }).catch((error: unknown) => {
        // A fault must be found by a promise that is broken, not by the fault's own crash.
        if (error instanceof OptionRangeError) throw error;
        failed.push(name);
      });
    }
    expect(failed.join("\n")).toMatch(found);
  });
});
