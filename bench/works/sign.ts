import { openOursInHono } from "../lib/ours.ts";
import { atLeast, type Bench, withGoal } from "../lib/section.ts";
import { bareOn, CLIENTS, FLOOR, oursOn, ratio, speedTable } from "../lib/speeds.ts";
import { onStage, type Settings } from "../lib/stage.ts";
import { compare } from "../lib/stats.ts";
import { peersInEverySetting } from "../peers/index.ts";

const CONCURRENCY = 64;
/** The least share of the bare client's speed. */
const BOUND = 0.8;

/** Measures sign-ins. */
export const sign = (settings: Settings): Bench => ({
  name: "sign",
  run: () =>
    onStage(
      peersInEverySetting.filter((open) => open !== openOursInHono),
      1,
      async (stage) => {
        const turns = new Map(stage.peers.map((peer) => [peer.name, { work: () => peer.sign() }]));
        const found = await compare(turns, settings, CONCURRENCY);
        const speeds = new Map([...found].map(([name, speed]) => [name, new Map([[CONCURRENCY, speed]])]));
        const floors = new Map(stage.peers.map(({ name, floor }) => [name, floor]));
        const floorOf = (name: string) => floors.get(name) ?? FLOOR;
        return {
          tables: [speedTable("Signing in; the bare clients use SET", speeds, floorOf, [CONCURRENCY])],
          checks: CLIENTS.map((client) =>
            withGoal(
              `sign, ${CONCURRENCY} concurrent, compared with the bare client's SET`,
              client,
              atLeast(
                `sign over ${client}, ${CONCURRENCY} concurrent, compared with SET`,
                BOUND,
                ratio(speeds, oursOn(client), bareOn(client), CONCURRENCY),
              ),
            ),
          ),
        };
      },
    ),
});
