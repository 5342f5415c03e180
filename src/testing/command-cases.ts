import { command, query, WRITES } from "../redis/command.ts";
import { equal, rejection } from "./assert.ts";
import type { ContractCase } from "./contract-case.ts";
import { EPOCH, extend, freshKeys, OTHER, remove, set, VALUE, valueAt, valueWith, zeros } from "./samples.ts";

/** Cases for a store's methods that run Redis commands: `read`, `run`, `runAll`, `connect`, `disconnect`. */
export const commandCases: readonly ContractCase[] = [
  {
    name: "returns stored text unchanged",
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
    name: "returns null for a missing session, and creates nothing",
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
    name: "reads sessions with their person, the same session several times in a batch too",
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
    name: "reads the same with fresh, slides with it, and takes any text as a mark",
    async run(store) {
      const keys = freshKeys();
      await set(store, keys.person, `1 ${EPOCH} ${zeros(8)}`, 60);
      await set(store, keys.session, valueWith(EPOCH, "1"), 60);
      const { session, person } = await store.read(keys);
      equal(session, valueWith(EPOCH, "1"), "plain read");
      for (const how of [
        { fresh: true },
        { fresh: true, slideTo: 60 },
        { after: store.mark() },
        { after: "x" },
      ]) {
        const found = await store.read(keys, how);
        equal(found.session, session, `session with ${JSON.stringify(how)}`);
        equal(found.person, person, `person with ${JSON.stringify(how)}`);
      }
      await remove(store, keys.session);
      equal((await store.read(keys, { fresh: true })).session, null, "fresh read after the end");
      equal((await store.read({ session: keys.session }, { fresh: true })).session, null, "without a person");
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
    name: "refuses a time to live that would leave a session without an expiry",
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
    name: "runs several commands in one call, and returns their replies in order",
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
    name: "rejects with the signal's reason when the caller aborts",
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
    name: "keeps concurrent calls apart",
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
    name: "opens again by itself after disconnect, and keeps its sessions",
    async run(store) {
      const { session } = freshKeys();
      await store.connect();
      await set(store, session, VALUE, 60);
      await store.disconnect();
      equal(await valueAt(store, session), VALUE, "read after disconnect");
    },
  },
];

/** The cases for which time has to pass. */
export const timelyCommandCases = (advance: (seconds: number) => Promise<void>): readonly ContractCase[] => [
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
    name: "restarts a session's idle timeout with a sliding read only",
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
