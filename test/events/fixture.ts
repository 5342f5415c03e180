import { Redis } from "ioredis";
import { expect } from "vitest";
import type { EventsOptions, RwtEvent } from "../../src/events/index.ts";
import type { RwtOptions } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { createTimeMachine, type TimeMachine, tcpSender } from "../conformance/time-machine.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";

export const secret = "a secret of the tests, 32 bytes or more";

/** A Redis of this file's own, and the events of services on it. */
export interface Bench {
  readonly admin: Redis;
  readonly time: TimeMachine;
  readonly options: RwtOptions;
  readonly seeing: EventsOptions;
  /** The events since the last call, without times. */
  told(): object[];
  /** The complete events since the last call. */
  readonly events: readonly RwtEvent[];
}

export async function bench(): Promise<Bench> {
  const redis = await ownRedis();
  const admin = new Redis(redis.url);
  const store = ioredisStore(redis.url);
  atEnd(async () => {
    await store.disconnect();
    await admin.quit();
  });
  const time = createTimeMachine(tcpSender(admin));
  const events: RwtEvent[] = [];
  return {
    admin,
    time,
    options: { store, secret, now: time.now },
    seeing: { onEvent: (event) => void events.push(event) },
    events,
    told: () => events.splice(0).map(withoutTime),
  };
}

function withoutTime(event: RwtEvent): object {
  const { ms, ...rest } = { ms: 0, ...event };
  expect(ms).toBeGreaterThanOrEqual(0);
  expect(ms).toBeLessThan(60_000);
  return JSON.parse(JSON.stringify(rest));
}
