import { describe, expect, test } from "vitest";
import { OptionRangeError } from "../../src/index.ts";
import { command, scriptCall } from "../../src/redis/command.ts";
import type { NewSession, TokenStore } from "../../src/store.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { storeContract } from "../../src/testing/index.ts";
import { createTimeMachine } from "../conformance/time-machine.ts";

/** A store with a single fault, of a kind that stores have had. */
type Fault = (good: TokenStore) => Partial<TokenStore>;

const remove = (good: TokenStore, { redis: { session } }: NewSession) => good.run(command("DEL", [session]));
const now = () => Math.floor(Date.now() / 1000);

const faults: Record<string, { readonly fault: Fault; readonly found: RegExp }> = {
  "changes the data": {
    fault: (good) => ({
      async read(keys, options) {
        const { session, person } = await good.read(keys, options);
        return { session: session?.replace("é", "e") ?? null, person };
      },
    }),
    found: /stored text unchanged/,
  },
  "loses a session's facts": {
    fault: (good) => ({
      async check(ref, options) {
        const found = await good.check(ref, options);
        return found && { ...found, facts: "{}" };
      },
    }),
    found: /what was stored/,
  },
  overwrites: {
    fault: (good) => ({
      async create(session, options) {
        await remove(good, session);
        return good.create(session, options);
      },
    }),
    found: /never overwrites/,
  },
  "refuses a retry of its own write": {
    fault: (good) => ({
      async create(session, options) {
        if ((await good.read(session.redis)).session !== null) throw new Error("there is one");
        return good.create(session, options);
      },
    }),
    found: /a retry of create/,
  },
  "doesn't create": { fault: () => ({ create: async () => {} }), found: /what was stored/ },
  "creates with another time to live": {
    fault: (good) => ({ create: (session, options) => good.create({ ...session, ttl: 1_000_000 }, options) }),
    found: /live as long as create/,
  },
  "stores a person without an expiry": {
    fault: (good) => ({
      async create(session, options) {
        await good.create(session, options);
        const { person } = session.redis;
        const value = person && (await good.read({ session: person })).session;
        if (value) await good.run(command("DEL", [person]));
        if (value) await good.run(command("SET", [person], [value]));
      },
    }),
    found: /an expiry/,
  },
  "rounds a time up": {
    fault: (good) => ({
      read: (keys, { slideTo, ...options } = {}) =>
        good.read(keys, { ...options, slideTo: slideTo && Math.ceil(slideTo) }),
    }),
    found: /without an expiry/,
  },
  "slides with another time to live": {
    fault: (good) => ({
      read: (keys, options) => good.read(keys, options?.slideTo ? { slideTo: 1_000_000 } : options),
    }),
    found: /restarts a session's idle timeout/,
  },
  "slides without being asked to": {
    fault: (good) => ({ read: (keys, options) => good.read(keys, { slideTo: 60, ...options }) }),
    found: /a sliding read only/,
  },
  "doesn't slide with a check": {
    fault: (good) => ({ check: (ref, options) => good.check(ref, { ...options, slideTo: undefined }) }),
    found: /sliding check/,
  },
  "extends with another time to live": {
    fault: (good) => ({ extend: (ref, _, options) => good.extend(ref, 1_000_000, options) }),
    found: /create, extend/,
  },
  "brings an ended session back when it is extended": {
    fault: (good) => ({
      async extend(ref, ttl, options) {
        const dataOf = { issuedAt: now(), deadline: now() + 60, facts: "{}", data: "1", isSealed: false };
        await good.create({ ...dataOf, redis: ref.redis, ttl }, options).catch(() => {});
        return true;
      },
    }),
    found: /only by create/,
  },
  "doesn't destroy": { fault: () => ({ destroy: async () => true }), found: /destroys a session for good/ },
  "says that nothing was destroyed": {
    fault: (good) => ({ destroy: async (ref) => (await good.destroy(ref)) && false }),
    found: /destroys a session for good/,
  },
  "doesn't end a session by an older generation": {
    fault: (good) => ({
      destroy: async (ref, options) =>
        (await good.check(ref, { now: now() })) !== null && good.destroy(ref, options),
    }),
    found: /a token of any generation/,
  },
  "doesn't check the person": {
    fault: (good) => ({
      async check(ref, options) {
        const found = await good.check(ref, options);
        const { session } = await good.read(ref.redis);
        if (found !== null || session === null) return found;
        const [, facts = "", data = ""] = session.split("\n");
        const dataAt = { key: ref.redis.session, number: 3 } as const;
        return { isLive: true, iat: session.slice(2, 12), facts, data, dataAt };
      },
    }),
    found: /whose key is gone/,
  },
  "accepts every generation": {
    fault: (good) => ({ check: (ref, options) => good.check({ ...ref, generation: 99 }, options) }),
    found: /older generation/,
  },
  "returns replies in another order": {
    fault: (good) => ({
      runAll: async (commands, options) => (await good.runAll(commands, options)).toReversed(),
    }),
    found: /in order/,
  },
  "says that it removed a session again": {
    fault: (good) => ({
      run: async (call, options) => {
        const reply = await good.run(call, options);
        return "script" in call && call.script === "destroy" ? 1 : reply;
      },
    }),
    found: /removes a session for good/,
  },
  "returns null for an aborted read": {
    fault: (good) => ({
      read: (keys, options) =>
        options?.signal?.aborted ? Promise.resolve({ session: null }) : good.read(keys, options),
    }),
    found: /caller aborts/,
  },
  "returns null for a service's aborted check": {
    fault: (good) => ({
      check: async (ref, options) => (options.signal?.aborted ? null : good.check(ref, options)),
    }),
    found: /service's calls/,
  },
  "mixes up concurrent commands": {
    fault: (good) => {
      let last: Parameters<TokenStore["read"]>[0] = { session: "" };
      return {
        async read(keys) {
          last = keys;
          await undefined;
          return good.read(last);
        },
      };
    },
    found: /concurrent calls/,
  },
  "loses its sessions when it disconnects": {
    fault: (good) => {
      let closed = false;
      return {
        read: async (keys, options) => (closed ? { session: null } : good.read(keys, options)),
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
        // A broken promise must reveal the fault, not a crash of the fault itself.
        if (error instanceof OptionRangeError) throw error;
        failed.push(name);
      });
    }
    expect(failed.join("\n")).toMatch(found);
  });

  test("has a fault, and passes a good one", async () => {
    const time = createTimeMachine();
    const store = memoryStore({ now: time.now });
    for (const { run } of storeContract({ advance: time.advance })) await run(store);
    expect(await store.run(scriptCall("destroy", ["nothing"], ["", "1"]))).toBe(0);
  });
});
