/**
 * Runs every operation with every fault at each of its requests. A success must hold. A failed operation can be retried, and then
 * holds. Every key has an expiry, and no ended session lets anyone in.
 */
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { atEnd } from "../support/at-end.ts";
import { forged } from "../support/forged.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import {
  type Healthy,
  makeState,
  type PromisedOperation,
  promisedOperations,
  type State,
  serviceOver,
} from "./operations.ts";
import { type StepFault, stepProxy } from "./step-proxy.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
const healthyStore = ioredisStore(redis.url, { timeout: 20_000 });
atEnd(async () => {
  admin.disconnect();
  await healthyStore.disconnect();
});
const healthy: Healthy = { rwt: serviceOver(healthyStore), admin };

/** Long enough for a busy machine, if calls aren't meant to run into the timeout. */
const PATIENT = 20_000;
const QUICK = 250;

interface Kind {
  readonly name: string;
  readonly isHttp: boolean;
  open(port: number, timeout: number): TokenStore;
}

const kinds: readonly Kind[] = [
  {
    name: "ioredis",
    isHttp: false,
    open: (port, timeout) => ioredisStore(`redis://127.0.0.1:${port}`, { timeout }),
  },
  {
    name: "node-redis",
    isHttp: false,
    open: (port, timeout) => nodeRedisStore(`redis://127.0.0.1:${port}`, { timeout }),
  },
  {
    name: "upstash",
    isHttp: true,
    open: (port, timeout) =>
      upstashStore({ url: `http://127.0.0.1:${port}`, token: rest.token }, { timeout }),
  },
];

/** Replies of another type than any command's, in RESP and as JSON. */
const ODD: Readonly<Record<string, readonly [resp: string, json: string]>> = {
  "a number": [":7\r\n", '{"result":7}'],
  "a text": ["$5\r\nhello\r\n", '{"result":"hello"}'],
  "an array": ["*2\r\n$1\r\na\r\n$1\r\nb\r\n", '{"result":["a","b"]}'],
  "an empty array": ["*0\r\n", '{"result":[]}'],
  nothing: ["+\r\n", "{}"],
  "an error": ["-ERR no such thing\r\n", '{"error":"ERR no such thing"}'],
};

const overHttp = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Checks that ended sessions let nobody in, and that every key has an expiry. */
async function expectSound({ mine, ended }: State): Promise<void> {
  for (const token of [ended, forged(mine)]) expect(await healthy.rwt.verify(token)).toBeNull();
  for (const key of await admin.keys("*")) {
    const left = await admin.pttl(key);
    // It may have expired in the meantime.
    if (left === -1) expect.fail(`without an expiry: ${key}`);
  }
}

/** Retries until there is an answer. */
async function untilAnswered(call: () => Promise<unknown>): Promise<unknown> {
  for (let tries = 0; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || tries >= 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

let made = 0;

async function check(
  kind: Kind,
  operation: PromisedOperation,
  at: number,
  fault: StepFault,
): Promise<boolean> {
  await admin.flushall();
  const state = await makeState(healthy.rwt, `person ${made++}`);
  const port = kind.isHttp ? Number(new URL(rest.url).port) : redis.port;
  const proxy = await stepProxy(port, kind.isHttp);
  const store = kind.open(proxy.port, fault === "late" ? QUICK : PATIENT);
  try {
    await untilAnswered(() => store.connect());
    proxy.arm(at, fault);
    const first = await operation.run(store, state).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    // The operation makes fewer requests.
    if (!proxy.hasFailed()) return false;
    proxy.arm(0);
    if ("error" in first) expect(first.error).toBeInstanceOf(StoreUnavailableError);
    await proxy.release();
    await expectSound(state);
    if ("answer" in first) {
      // The fault didn't affect the answer, or was compensated.
      expect(operation.isDone(first.answer), `told ${JSON.stringify(first.answer)}`).toBe(true);
      await operation.holds(healthy, state, first.answer);
    } else {
      const answer = await untilAnswered(() => operation.run(store, state));
      const isRight = operation.isDone(answer) || operation.again?.(answer) === true;
      expect(isRight, `asked again: ${JSON.stringify(answer)}`).toBe(true);
      await operation.holds(healthy, state, answer);
    }
    await expectSound(state);
    return true;
  } finally {
    await store.disconnect();
  }
}

const faultsOf = ({ isHttp }: Kind): readonly (readonly [string, StepFault])[] => [
  ["cut before", "before"],
  ["cut after", "after"],
  ["late", "late"],
  ...Object.entries(ODD).map(
    ([name, [resp, json]]) => [`answered ${name}`, { replies: isHttp ? overHttp(json) : resp }] as const,
  ),
];

/** More requests than any operation makes. */
const MOST = 6;

describe.each(kinds)("$name", (kind) => {
  for (const [name, fault] of faultsOf(kind)) {
    // An empty array is a valid answer to list.
    const operations = promisedOperations.filter(
      (each) => name !== "answered an empty array" || each.name !== "list",
    );
    test.each(operations)(`${name}: $name`, async (operation) => {
      let steps = 0;
      for (let at = 1; at <= MOST; at++) {
        try {
          if (!(await check(kind, operation, at, fault))) break;
        } catch (error) {
          throw new Error(`at request ${at}: ${(error as Error).message}`, { cause: error });
        }
        steps++;
      }
      expect(steps).toBeGreaterThan(0);
    });
  }
});
