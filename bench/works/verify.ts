import { serviceOver, storeOn } from "../lib/ours.ts";
import type { Bench } from "../lib/section.ts";
import {
  bareOn,
  FLOOR,
  IN_EVERY_SETTING,
  IN_HONO,
  notMemoized,
  oursOn,
  type Speeds,
  speedTable,
  twiceAsFast,
  withSubject,
} from "../lib/speeds.ts";
import { onStage, type Settings, type Stage } from "../lib/stage.ts";
import { compare, drawer, type Turn } from "../lib/stats.ts";
import { unmemoized } from "../lib/unmemoized.ts";
import { slidingTargets, verifyTargets } from "../lib/verify-targets.ts";
import { peersInEverySetting } from "../peers/index.ts";

const CONCURRENCIES = [1, 16, 64, 256];

/** Verifies live tokens, drawn at random. For the library, tokens that aren't memoized yet are measured too. */
export const verify = (settings: Settings): Bench => ({
  name: "verify",
  run: () =>
    onStage(peersInEverySetting, settings.sessions, async (stage) => {
      const { speeds, floorOf } = await checksOf(stage, settings, false);
      return {
        tables: [speedTable("Verifying live sessions", speeds, floorOf, CONCURRENCIES)],
        checks: [
          ...verifyTargets(speeds),
          ...twiceAsFast("verify", speeds, [
            [oursOn("node-redis"), "express-session, connect-redis"],
            [IN_HONO, "hono-sessions"],
            [oursOn("ioredis"), "better-auth, Redis secondary storage"],
          ]),
        ],
      };
    }),
});

/** The same with a restart of the idle timeout, which is a write. */
export const sliding = (settings: Settings): Bench => ({
  name: "sliding",
  run: () =>
    onStage(peersInEverySetting, settings.sessions, async (stage) => {
      const { speeds, floorOf } = await checksOf(stage, settings, true);
      const title = "Verifying and extending live sessions; the bare clients use GETEX";
      return {
        tables: [speedTable(title, speeds, floorOf, CONCURRENCIES)],
        checks: [
          ...slidingTargets(speeds),
          ...twiceAsFast("sliding verify", speeds, [
            [oursOn("node-redis"), "express-session, connect-redis"],
            [IN_HONO, "hono-sessions"],
          ]),
        ],
      };
    }),
});

async function checksOf(
  stage: Stage,
  settings: Settings,
  slides: boolean,
): Promise<{ speeds: Speeds; floorOf: (name: string) => string }> {
  await using ends = new AsyncDisposableStack();
  const turns = new Map<string, Turn | (() => Promise<Turn>)>();
  const floors = new Map(stage.peers.map(({ name, floor }) => [name, floor]));
  for (const { name, verify, verifySliding } of stage.peers) {
    const check = slides ? verifySliding : verify;
    const draw = drawer(stage.credentials.get(name) ?? []);
    if (check) turns.set(name, { work: (i) => check(draw(i)) });
    const client = IN_EVERY_SETTING.find((each) => name === oursOn(each) || name === withSubject(each));
    if (client === undefined) continue;
    const { store, close } = await storeOn(client, stage.redis.url);
    ends.defer(async () => void (await close()));
    const subjects = name === withSubject(client);
    turns.set(notMemoized(name), unmemoized(serviceOver(store, slides), subjects, stage.redis.url, settings));
    floors.set(notMemoized(name), bareOn(client));
  }
  const speeds = new Map<string, Map<number, number[]>>([...turns.keys()].map((name) => [name, new Map()]));
  for (const concurrency of CONCURRENCIES) {
    for (const [name, rounds] of await compare(turns, settings, concurrency)) {
      speeds.get(name)?.set(concurrency, rounds);
    }
  }
  return { speeds, floorOf: (name) => floors.get(name) ?? FLOOR };
}
