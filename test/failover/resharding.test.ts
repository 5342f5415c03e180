/** A cluster of three masters whose slots move while sessions are checked. No answer may be wrong. */
import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { afterAll, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { ownCluster } from "../support/servers.ts";
import { Tally } from "./tally.ts";

const SESSIONS = 10_000;
const MOVED_SLOTS = 1_500;
const AT_ONCE = 32;
const secret = "a secret of the tests, 32 bytes or more";

const cluster = await ownCluster();
const ioredis = new Cluster([...cluster.urls]);
const nodeRedis = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) });
afterAll(() => Promise.all([ioredis.quit(), nodeRedis.close()]));

/** Long, so that a busy machine isn't an outage. */
const patient = { timeout: 20_000 };

const clients: [string, TokenStore, number, number][] = [
  ["ioredis", ioredisStore(ioredis, patient), 0, 1],
  ["node-redis", nodeRedisStore(nodeRedis, patient), 1, 2],
];

describe.each(clients)("%s, while slots move between masters", (name, store, from, to) => {
  const rwt = createRwt<number>({ store, secret, verifyExtendsToken: true }).with(sessions());
  /** Every other session has a subject, each of which has a few sessions. */
  const subjectOf = (i: number) => (i % 2 === 0 ? `${name} ${i % 2_500}` : undefined);

  test(`${SESSIONS.toLocaleString("en")} sessions are verified, rotated, updated, listed and destroyed without one wrong answer`, async () => {
    const tokens: string[] = [];
    for (let i = 0; i < SESSIONS; i += AT_ONCE) {
      const batch = Array.from({ length: Math.min(AT_ONCE, SESSIONS - i) }, (_, j) =>
        rwt.sign(i + j, { subject: subjectOf(i + j) }),
      );
      tokens.push(...(await Promise.all(batch)));
    }
    const dead = new Set<number>();
    const tally = new Tally();
    const slots = cluster.slotsOf(from).slice(-MOVED_SLOTS);
    let moving = true;
    const moved = cluster.moveSlots(from, to, slots).finally(() => {
      moving = false;
    });

    /** Changes that keep a session's data. */
    async function change(turn: number, i: number, token: string): Promise<void> {
      const subject = subjectOf(i);
      const holds = () => !dead.has(i);
      if (turn % 10 === 0) {
        dead.add(i);
        await tally.count(() => rwt.destroy(token), true);
      } else if (turn % 10 === 3) {
        let fresh: string | null = null;
        const rotate = async () => {
          fresh = await rwt.rotate(token, { grace: 600 });
          return fresh !== null;
        };
        await tally.count(rotate, true, holds);
        tokens[i] = fresh ?? token;
      } else if (turn % 10 === 5) {
        await tally.count(() => rwt.update(token, i), true, holds);
      } else if (turn % 10 === 7 && subject !== undefined) {
        const isListed = async () =>
          (await rwt.list(subject, { current: token })).sessions.some(({ current }) => current);
        await tally.count(isListed, true, holds);
      }
    }

    let next = 0;
    async function worker(): Promise<void> {
      // At least one full round, and for as long as slots move.
      while (moving || next < SESSIONS) {
        const turn = next++;
        const i = turn % SESSIONS;
        const token = tokens[i] ?? "";
        if (!dead.has(i)) await change(turn, i, token);
        const isDead = dead.has(i);
        const verify = async () => (await rwt.verify(token))?.data ?? null;
        await tally.count(verify, isDead ? null : i, () => isDead === dead.has(i));
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await moved;

    console.log(`${name}: ${tally} while ${slots.length} slots moved`);
    expect(tally.wrong).toEqual([]);
    expect(tally.right).toBeGreaterThanOrEqual(SESSIONS);
    // Moving a slot isn't an outage, since the clients follow ASK and MOVED.
    expect(tally.errors).toEqual([]);
    for (const [i, token] of tokens.entries()) {
      if (i % 7 === 0) expect((await rwt.verify(token))?.data ?? null).toBe(dead.has(i) ? null : i);
    }
  }, 120_000);
});
