/** The same promises if Redis itself refuses: missing rights in the middle of a script, full memory, keys of other types. */
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { forged } from "../support/forged.ts";
import { ownRedis } from "../support/servers.ts";
import { redisKeysOf } from "../token/stored.ts";
import {
  type Healthy,
  makeState,
  type PromisedOperation,
  promisedOperations,
  type State,
  secret,
  serviceOver,
} from "./operations.ts";

const redis = await ownRedis({ config: ["user app on >password ~* &* +@all"] });
const admin = new Redis(redis.url);
const healthyStore = ioredisStore(redis.url, { timeout: 20_000 });
const store: TokenStore = ioredisStore(redis.url.replace("://", "://app:password@"), { timeout: 20_000 });
atEnd(async () => {
  await Promise.all([healthyStore.disconnect(), store.disconnect()]);
  admin.disconnect();
});
const healthy: Healthy = { rwt: serviceOver(healthyStore), admin };

async function expectSound({ mine, ended }: State): Promise<void> {
  for (const token of [ended, forged(mine)]) expect(await healthy.rwt.verify(token)).toBeNull();
  for (const key of await admin.keys("*")) expect(await admin.pttl(key), key).not.toBe(-1);
}

interface Breaking {
  break(state: State): Promise<unknown>;
  mend(state: State): Promise<unknown>;
  /** Whether meanwhile an answer such as `null` is allowed, which doesn't mean success. */
  readonly mayFindNothing?: true;
}

let made = 0;

async function check(
  operation: PromisedOperation,
  { break: spoil, mend, mayFindNothing }: Breaking,
): Promise<void> {
  await admin.flushall();
  const state = await makeState(healthy.rwt, `person ${made++}`);
  await spoil(state);
  const first = await operation.run(store, state).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  for (const token of [state.ended, forged(state.mine)])
    expect(
      await serviceOver(store)
        .verify(token)
        .catch(() => null),
    ).toBeNull();
  await mend(state);
  await expectSound(state);
  if ("answer" in first && operation.isDone(first.answer)) {
    await operation.holds(healthy, state, first.answer);
  } else {
    if ("error" in first) expect(first.error).toBeInstanceOf(StoreUnavailableError);
    else expect(mayFindNothing, `told ${JSON.stringify(first.answer)}`).toBe(true);
    const answer = await operation.run(store, state);
    const isRight = operation.isDone(answer) || operation.again?.(answer) === true;
    expect(isRight, `asked again: ${JSON.stringify(answer)}`).toBe(true);
    await operation.holds(healthy, state, answer);
  }
  await expectSound(state);
}

const acl = (...rules: string[]): Promise<unknown> => admin.call("ACL", "SETUSER", "app", ...rules);
const without = (...commands: string[]): Breaking => ({
  break: () => acl(...commands.map((name) => `-${name}`)),
  mend: () => acl("+@all"),
});

const RIGHTS: readonly (readonly string[])[] = [
  ["eval", "evalsha"],
  ["@write"],
  ["get"],
  ["mget"],
  ["getrange"],
  ["set"],
  ["setrange"],
  ["expire"],
  ["pttl"],
  ["del"],
  ["getex"],
  ["exists"],
  ["time"],
  ["zadd"],
  ["zrem"],
  ["zcard"],
  ["zrange"],
];

describe.each(RIGHTS.map((rights) => [rights.join(" and "), rights] as const))(
  "without the right to %s",
  (_, rights) => {
    test.each(promisedOperations)("$name", (operation) => check(operation, without(...rights)));
  },
);

describe("without its scripts (NOSCRIPT)", () => {
  const flushed: Breaking = { break: () => admin.script("FLUSH"), mend: async () => {} };
  test.each(promisedOperations)("$name", async (operation) => {
    await check(operation, flushed);
    // The first attempt succeeds, so this isn't an outage.
    await admin.flushall();
    const state = await makeState(healthy.rwt, `person ${made++}`);
    await admin.script("FLUSH");
    expect(operation.isDone(await operation.run(store, state))).toBe(true);
  });
});

describe("out of memory", () => {
  const full: Breaking = {
    break: () => admin.config("SET", "maxmemory", "1"),
    mend: () => admin.config("SET", "maxmemory", "0"),
  };
  test.each(promisedOperations)("$name", (operation) => check(operation, full));

  const ENDS = promisedOperations.filter(({ name }) =>
    /^(destroy|verify|rotate|reauthenticate|extend)/.test(name),
  );
  test.each(ENDS)("$name still works", async (operation) => {
    // Let Redis learn the scripts.
    await check(operation, full);
    const state = await makeState(healthy.rwt, `person ${made++}`);
    await full.break(state);
    try {
      expect(operation.isDone(await operation.run(store, state))).toBe(true);
    } finally {
      await full.mend(state);
    }
  });
});

describe.each(["session", "person", "index"] as const)(
  "a key of another type in the place of the %s",
  (which) => {
    let saved: { key: string; dump: Buffer; life: number } | undefined;
    const replaced: Breaking = {
      mayFindNothing: true,
      async break({ mine }) {
        const key = (await redisKeysOf(secret, mine))[which] ?? expect.fail();
        saved = { key, dump: (await admin.dumpBuffer(key)) ?? expect.fail(), life: await admin.pttl(key) };
        await admin.multi().del(key).lpush(key, "of another type").expire(key, 600).exec();
      },
      async mend() {
        const { key, dump, life } = saved ?? expect.fail();
        await admin.restore(key, life, dump, "REPLACE");
      },
    };
    // Reading the index removes a member whose session is invalid.
    const operations = promisedOperations.filter(({ name }) => which !== "session" || name !== "list");
    test.each(operations)("$name", (operation) => check(operation, replaced));
  },
);
