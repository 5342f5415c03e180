import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { createRwt, type Rwt } from "../../src/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { createTimeMachine, type TimeMachine, tcpSender } from "../conformance/time-machine.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
afterAll(() => admin.quit());
const redisTime = createTimeMachine(tcpSender(admin));

/** What a token's life should be, told without any of the library's code. */
interface Life {
  readonly token: string;
  readonly data: number;
  readonly expire: number;
  readonly deadline: number;
  end: number;
}

type Step =
  | { readonly do: "sign"; readonly expire: number; readonly subject: string | undefined }
  | { readonly do: "verify" | "slide" | "destroy"; readonly which: number }
  | { readonly do: "extend"; readonly which: number; readonly expire: number | undefined }
  | { readonly do: "wait"; readonly seconds: number };

const seconds = fc.integer({ min: 1, max: 40 });
const which = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("sign" as const),
    expire: seconds,
    subject: fc.option(fc.constantFrom("ada", "grace"), { nil: undefined }),
  }),
  fc.record({ do: fc.constantFrom("verify" as const, "slide" as const, "destroy" as const), which }),
  fc.record({ do: fc.constant("extend" as const), which, expire: fc.option(seconds, { nil: undefined }) }),
  fc.record({ do: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 15 }) }),
);
const MAX_LIFETIME = 60;

/** Drives a service and the model side by side, and looks at every key after every step. */
async function follow(
  steps: readonly Step[],
  still: Rwt,
  sliding: Rwt,
  time: TimeMachine,
  keysWithoutEnd: () => Promise<string[]>,
): Promise<void> {
  const lives: Life[] = [];
  // Half a second of slack on both sides: the model's clock and the store's are read at different moments.
  const isSure = (life: Life, now: number) => Math.abs(Math.min(life.end, life.deadline) - now) > 1.5;
  for (const step of steps) {
    const now = time.now();
    if (step.do === "wait") {
      await time.advance(step.seconds);
    } else if (step.do === "sign") {
      const { expire, subject } = step;
      const token = await still.sign(lives.length, { expire, subject });
      const life = {
        token,
        data: lives.length,
        expire,
        deadline: Math.floor(now) + MAX_LIFETIME,
        end: now + expire,
      };
      lives.push(life);
    } else {
      const life = lives[step.which % Math.max(lives.length, 1)];
      if (life === undefined) continue;
      const lives_ = now < Math.min(life.end, life.deadline);
      const sure = isSure(life, now);
      let alive: boolean;
      if (step.do === "destroy") {
        alive = await still.destroy(life.token);
        life.end = 0;
      } else if (step.do === "extend") {
        alive = await still.extend(life.token, { expire: step.expire });
        if (alive) life.end = now + (step.expire ?? life.expire);
      } else {
        const session = await (step.do === "slide" ? sliding : still).verify(life.token);
        alive = session !== null;
        if (session) expect(session.data).toBe(life.data);
        if (session && step.do === "slide") life.end = now + life.expire;
      }
      if (sure) expect({ ...step, alive }).toEqual({ ...step, alive: lives_ });
    }
    expect(await keysWithoutEnd()).toEqual([]);
  }
}

/** Notes the sessions that are created, to look for them when their time is over. */
function noting(store: TokenStore): TokenStore & { readonly keys: Set<string> } {
  const keys = new Set<string>();
  return {
    ...store,
    keys,
    create(session, options) {
      keys.add(session.redis.session);
      return store.create(session, options);
    },
  };
}

const keysWithoutEnd = async (): Promise<string[]> => {
  const keys = await admin.keys("*");
  const ttls = await Promise.all(keys.map((key) => admin.pttl(key)));
  return keys.filter((_, i) => ttls[i] === -1);
};

const secret = "a secret of the tests, 32 bytes or more";

describe("any sequence of operations answers as the model says, and leaves no key without an end", () => {
  const memoryTime = createTimeMachine();
  const kinds = [
    { name: "memory", open: () => memoryStore({ now: memoryTime.now }), time: memoryTime, runs: 300 },
    { name: "ioredis", open: () => ioredisStore(redis.url), time: redisTime, runs: 60 },
    {
      name: "upstash",
      open: () => upstashStore({ url: rest.url, token: rest.token }),
      time: redisTime,
      runs: 30,
    },
  ];
  test.each(kinds)("$name", async ({ open, time, runs }) => {
    const store = noting(open());
    const options = { store, secret, maxLifetime: MAX_LIFETIME, expire: 30, now: time.now };
    const still = createRwt(options);
    const sliding = createRwt({ ...options, verifyExtendsToken: true });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await admin.flushall();
        await follow(steps, still, sliding, time, keysWithoutEnd);
        await time.advance(MAX_LIFETIME + 1);
        for (const session of store.keys) expect(await store.read({ session })).toEqual({ session: null });
        store.keys.clear();
      }),
      { numRuns: runs },
    );
    await store.disconnect();
  });
});
