import { atMost, type Bench, type Check, format } from "../lib/section.ts";
import { oursOn } from "../lib/speeds.ts";
import { onStage, type Settings } from "../lib/stage.ts";
import { compare, median, type Work } from "../lib/stats.ts";
import { commandsOf } from "../lib/wire.ts";
import { peers } from "../peers/index.ts";

const OURS = oursOn("ioredis");
const JOSE = "jose, HS256";
const FORGERIES = 2_000;
const AT_ONCE = 64;

/** What it costs to turn away a credential whose signature is wrong; each is another one. */
export const forged = (settings: Settings): Bench => ({
  name: "forged",
  run: () =>
    onStage(peers, FORGERIES, async ({ admin, peers, credentials }) => {
      const works = new Map<string, Work>();
      const commands = new Map<string, number>();
      for (const { name, forge, verify } of peers) {
        if (!forge) continue;
        const forgeries = (credentials.get(name) ?? []).map(forge);
        const work: Work = async (i) => {
          if ((await verify(forgeries[i % FORGERIES] ?? "")) !== null)
            throw new Error(`${name} took a forgery`);
        };
        works.set(name, work);
        const ran = await commandsOf(admin, async () => {
          for (let i = 0; i < 100; i++) await work(i);
        });
        commands.set(name, [...ran.values()].reduce((sum, calls) => sum + calls, 0) / 100);
      }
      const turns = new Map([...works].map(([name, work]) => [name, { work }]));
      const alone = await compare(turns, settings, 1);
      const together = await compare(turns, settings, AT_ONCE);
      const of = (speeds: ReadonlyMap<string, readonly number[]>) => (name: string) =>
        1e6 / median(speeds.get(name) ?? []);
      const microseconds = { alone: of(alone), together: of(together) };
      return {
        tables: [
          {
            title: "Forged credentials, turned away",
            columns: [
              { name: "" },
              { name: "one after another", unit: "µs" },
              { name: `each of ${AT_ONCE} at once`, unit: "µs" },
              { name: "Redis commands", unit: "" },
            ],
            rows: [...works.keys()].map((name) => [
              name,
              microseconds.alone(name),
              microseconds.together(name),
              commands.get(name) ?? null,
            ]),
          },
        ],
        checks: [
          atMost("Redis commands for a forged token", 0, commands.get(OURS) ?? Number.NaN, ""),
          cheapRejection(`each of ${AT_ONCE} at once`, microseconds.together),
          cheapRejection("one after another", microseconds.alone),
        ],
      };
    }),
});

/** A fifth of what jose takes, and 20 µs at most. */
function cheapRejection(how: string, microseconds: (name: string) => number): Check {
  const [ours, jose] = [microseconds(OURS), microseconds(JOSE)];
  const bound = Math.min(20, jose / 5);
  return {
    what: `a forged token's rejection, ${how} (jose's: ${jose.toFixed(1)} µs)`,
    target: `≤ ${format(bound, "µs")}`,
    measured: ours,
    unit: "µs",
    met: ours <= bound,
  };
}
