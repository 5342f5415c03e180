import type { Rwt } from "redis-web-token";
import { openOursInHono, serviceOver, signerOf, storeOn } from "../lib/ours.ts";
import { atLeast, type Bench, type Check } from "../lib/section.ts";
import {
  bareOn,
  CLIENTS,
  type Client,
  FLOOR,
  notMemoized,
  oursOn,
  ratio,
  type Speeds,
  speedTable,
  twiceAsFast,
  withSubject,
} from "../lib/speeds.ts";
import { onStage, type Settings, type Stage, signMany } from "../lib/stage.ts";
import { compare, drawer, type Turn } from "../lib/stats.ts";
import type { User } from "../lib/user.ts";
import { peers } from "../peers/index.ts";

const CONCURRENCIES = [1, 16, 64, 256];
const IN_HONO = "redis-web-token, as a Hono middleware";

/** Verifies live tokens, drawn at random. For the library, tokens that aren't memoized yet are measured too. */
export const verify = (settings: Settings): Bench => ({
  name: "verify",
  run: () =>
    onStage(peers, settings.sessions, async (stage) => {
      const { speeds, floorOf } = await checksOf(stage, settings, false);
      return {
        tables: [speedTable("Verifying live sessions", speeds, floorOf, CONCURRENCIES)],
        checks: [
          ...comparedWithTheFloor("verify", "GET", speeds),
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
    onStage(peers, settings.sessions, async (stage) => {
      const { speeds, floorOf } = await checksOf(stage, settings, true);
      const title = "Verifying and extending live sessions; the bare clients use GETEX";
      return {
        tables: [speedTable(title, speeds, floorOf, CONCURRENCIES)],
        checks: [
          ...comparedWithTheFloor("sliding verify", "GETEX", speeds),
          ...twiceAsFast("sliding verify", speeds, [
            [oursOn("node-redis"), "express-session, connect-redis"],
            [IN_HONO, "hono-sessions"],
          ]),
        ],
      };
    }),
});

function comparedWithTheFloor(what: string, command: "GET" | "GETEX", speeds: Speeds): Check[] {
  const lines: [name: (client: Client) => string, how: string, bound: number][] = [
    [oursOn, "", 0.9],
    [(client) => notMemoized(oursOn(client)), ", tokens not yet memoized", 0.55],
  ];
  // Not for sliding: with a subject that takes two commands, and the bare client takes one.
  if (command === "GET") lines.splice(1, 0, [withSubject, ", with a subject", 0.9]);
  return CLIENTS.flatMap((client) =>
    [64, 256].flatMap((c) =>
      lines.map(([name, how, bound]) =>
        atLeast(
          `${what} over ${client}, ${c} concurrent${how}, compared with ${command} and JSON.parse`,
          bound,
          ratio(speeds, name(client), bareOn(client), c),
        ),
      ),
    ),
  );
}

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
    const client = CLIENTS.find((each) => name === oursOn(each) || name === withSubject(each));
    if (client === undefined) continue;
    const { store, close } = await storeOn(client, stage.redis.url);
    ends.defer(async () => void (await close()));
    const subjects = name === withSubject(client);
    turns.set(notMemoized(name), unmemoized(serviceOver(store, slides), subjects, stage, settings));
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

/**
 * Verifies each token once. Another service signs them outside of the measured time. One service verifies in all turns, as on a
 * server.
 */
function unmemoized(
  rwt: Rwt<User>,
  subjects: boolean,
  stage: Stage,
  { roundMs }: Settings,
): () => Promise<Turn> {
  // More than any client can verify in one turn.
  const most = Math.ceil(roundMs * 40);
  const unseen: string[] = [];
  return async () => {
    const { store, close } = await storeOn("ioredis", stage.redis.url);
    const sign = signerOf(serviceOver(store), subjects);
    const signed = await signMany({ sign }, most - unseen.length);
    unseen.push(...signed.map(asFromTheWire));
    await close();
    return { work: () => rwt.verify(unseen.pop()), most };
  };
}

/** A flat string, as a header has it: V8 stores a concatenated string as a tree of its parts, which verify would have to join. */
const asFromTheWire = (token: string): string => Buffer.from(token).toString("latin1");

/** Measures sign-ins. */
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
        const floorOf = (name: string) => floors.get(name) ?? FLOOR;
        return {
          tables: [speedTable("Signing in; the bare clients use SET", speeds, floorOf, [64])],
          checks: [],
        };
      },
    ),
});
