import type { Rwt } from "redis-web-token";
import { openOursInHono, serviceOver, storeOn } from "../lib/ours.ts";
import { atLeast, type Bench, type Check } from "../lib/section.ts";
import {
  bareOn,
  CLIENTS,
  FLOOR,
  oursOn,
  ratio,
  type Speeds,
  speedTable,
  twiceAsFast,
} from "../lib/speeds.ts";
import { onStage, type Settings, type Stage, signMany } from "../lib/stage.ts";
import { compare, drawer, type Turn } from "../lib/stats.ts";
import { type User, user } from "../lib/user.ts";
import { peers } from "../peers/index.ts";

const CONCURRENCIES = [1, 16, 64, 256];
const IN_HONO = "redis-web-token, as a Hono middleware";
const firstSeen = (client: string) => `${oursOn(client)}, each token seen for the first time`;

/** Checks of live tokens, drawn at random; ours with tokens that it meets for the first time too. */
export const verify = (settings: Settings): Bench => ({
  name: "verify",
  run: () =>
    onStage(peers, settings.sessions, async (stage) => {
      const { speeds, floorOf } = await checksOf(stage, settings, false);
      return {
        tables: [speedTable("Checks of live sessions", speeds, floorOf, CONCURRENCIES)],
        checks: [
          ...besideTheFloor("verify", "GET", speeds),
          ...twiceAsFast("verify", speeds, [
            [oursOn("node-redis"), "express-session, connect-redis"],
            [IN_HONO, "hono-sessions"],
            [oursOn("ioredis"), "better-auth, Redis secondary storage"],
          ]),
        ],
      };
    }),
});

/** The same, with the idle time-out started anew, which is a write. */
export const sliding = (settings: Settings): Bench => ({
  name: "sliding",
  run: () =>
    onStage(peers, settings.sessions, async (stage) => {
      const { speeds, floorOf } = await checksOf(stage, settings, true);
      const title = "Checks that extend the session, the bare clients by GETEX";
      return {
        tables: [speedTable(title, speeds, floorOf, CONCURRENCIES)],
        checks: [
          ...besideTheFloor("sliding verify", "GETEX", speeds),
          ...twiceAsFast("sliding verify", speeds, [
            [oursOn("node-redis"), "express-session, connect-redis"],
            [IN_HONO, "hono-sessions"],
          ]),
        ],
      };
    }),
});

const besideTheFloor = (what: string, command: string, speeds: Speeds): Check[] =>
  CLIENTS.flatMap((client) =>
    [64, 256].flatMap((c) => {
      const over = `${what} over ${client}, ${c} at once, beside ${command} and JSON.parse`;
      return [
        atLeast(over, 0.9, ratio(speeds, oursOn(client), bareOn(client), c)),
        atLeast(
          `${over}, tokens seen for the first time`,
          0.55,
          ratio(speeds, firstSeen(client), bareOn(client), c),
        ),
      ];
    }),
  );

async function checksOf(
  stage: Stage,
  settings: Settings,
  slides: boolean,
): Promise<{ speeds: Speeds; floorOf: (name: string) => string }> {
  await using ends = new AsyncDisposableStack();
  const turns = new Map<string, Turn | (() => Promise<Turn>)>();
  for (const { name, verify, verifySliding } of stage.peers) {
    const check = slides ? verifySliding : verify;
    const draw = drawer(stage.credentials.get(name) ?? []);
    if (check) turns.set(name, { work: (i) => check(draw(i)) });
    const client = CLIENTS.find((client) => name === oursOn(client));
    if (client === undefined) continue;
    const { store, close } = await storeOn(client, stage.redis.url);
    ends.defer(async () => void (await close()));
    turns.set(firstSeen(client), firstSeenBy(serviceOver(store, slides), stage, settings));
  }
  const speeds = new Map<string, Map<number, number[]>>([...turns.keys()].map((name) => [name, new Map()]));
  for (const concurrency of CONCURRENCIES) {
    for (const [name, rounds] of await compare(turns, settings, concurrency)) {
      speeds.get(name)?.set(concurrency, rounds);
    }
  }
  const floors = new Map(stage.peers.map(({ name, floor }) => [name, floor]));
  for (const client of CLIENTS) floors.set(firstSeen(client), bareOn(client));
  return { speeds, floorOf: (name) => floors.get(name) ?? FLOOR };
}

/**
 * Tokens that another service signed outside of the measured time, each checked once. The service that checks them is the
 * same in all turns, as a server's is.
 */
function firstSeenBy(rwt: Rwt<User>, stage: Stage, { roundMs }: Settings): () => Promise<Turn> {
  // More than any client here gets through in the time.
  const most = Math.ceil(roundMs * 40);
  const unseen: string[] = [];
  return async () => {
    const { store, close } = await storeOn("ioredis", stage.redis.url);
    const signer = serviceOver(store);
    const signed = await signMany({ sign: () => signer.sign(user) }, most - unseen.length);
    unseen.push(...signed.map(asFromTheWire));
    await close();
    return { work: () => rwt.verify(unseen.pop()), most };
  };
}

/** As a header gives it: what was put together here is a chain of its parts in V8 still, which the check would join. */
const asFromTheWire = (token: string): string => Buffer.from(token).toString("latin1");

/** Sign-ins. */
export const sign = (settings: Settings): Bench => ({
  name: "sign",
  run: () =>
    onStage(
      peers.filter((open) => open !== openOursInHono),
      1,
      async (stage) => {
        const turns = new Map(stage.peers.map((peer) => [peer.name, { work: () => peer.sign() }]));
        const speeds = new Map<string, Map<number, number[]>>();
        for (const [name, speed] of await compare(turns, settings, 64))
          speeds.set(name, new Map([[64, speed]]));
        const floors = new Map(stage.peers.map(({ name, floor }) => [name, floor]));
        return {
          tables: [
            speedTable(
              "Sign-ins, the bare clients by SET",
              speeds,
              (name) => floors.get(name) ?? FLOOR,
              [64],
            ),
          ],
          checks: [],
        };
      },
    ),
});
