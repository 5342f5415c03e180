import { bearerHeader, honoRoute } from "../lib/hono-route.ts";
import { atMost, type Bench, type Check, format, withGoal } from "../lib/section.ts";
import { CLIENTS, IN_HONO, oursOn, withSubject } from "../lib/speeds.ts";
import { onStage, type Settings } from "../lib/stage.ts";
import { compare, median, type Work } from "../lib/stats.ts";
import { commandsOf } from "../lib/wire.ts";
import { peers } from "../peers/index.ts";

const OURS = oursOn("ioredis");
const JOSE = "jose, HS256";
const REFUSING = "a Hono middleware that refuses everything";
const FORGERIES = 2_000;
const CONCURRENCY = 64;

/** Measures the cost of rejecting a credential with a wrong signature. */
export const forged = (settings: Settings): Bench => ({
  name: "forged",
  run: () =>
    onStage(peers, FORGERIES, async ({ admin, peers, credentials }) => {
      const works = new Map<string, Work>();
      const commands = new Map<string, number>();
      for (const { name, forge, verify } of peers) {
        // A subject makes no difference: forged tokens are rejected before it is read.
        if (!forge || CLIENTS.some((client) => name === withSubject(client))) continue;
        const forgeries = (credentials.get(name) ?? []).map(forge);
        const work: Work = async (i) => {
          if ((await verify(forgeries[i % FORGERIES] ?? "")) !== null)
            throw new Error(`${name} accepted a forgery`);
        };
        works.set(name, work);
        const ran = await commandsOf(admin, async () => {
          for (let i = 0; i < 100; i++) await work(i);
        });
        commands.set(name, [...ran.values()].reduce((sum, calls) => sum + calls, 0) / 100);
      }
      works.set(REFUSING, () => refusing.verify(""));
      commands.set(REFUSING, 0);
      const turns = new Map([...works].map(([name, work]) => [name, { work }]));
      const alone = await compare(turns, settings, 1);
      const together = await compare(turns, settings, CONCURRENCY);
      const of = (speeds: ReadonlyMap<string, readonly number[]>) => (name: string) =>
        1e6 / median(speeds.get(name) ?? []);
      const microseconds = { alone: of(alone), together: of(together) };
      return {
        tables: [
          {
            title: "Rejecting forged credentials",
            columns: [
              { name: "" },
              { name: "one after another", unit: "µs" },
              { name: `each of ${CONCURRENCY} concurrent`, unit: "µs" },
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
          cheapRejection(`each of ${CONCURRENCY} concurrent`, microseconds.together),
          cheapRejection("one after another", microseconds.alone),
          cheapMiddleware(`each of ${CONCURRENCY} concurrent`, microseconds.together),
          cheapMiddleware("one after another", microseconds.alone),
        ],
      };
    }),
});

/** The least that a refusal can cost in Hono. */
const refusing = honoRoute([async (c) => c.text("Unauthorized", 401)], () => null, bearerHeader);

/** Checks that a rejection as a Hono middleware takes little more than a middleware that checks nothing. */
const cheapMiddleware = (how: string, microseconds: (name: string) => number): Check =>
  withGoal(
    "refusing a forged token as a Hono middleware, beyond a middleware that refuses everything",
    how,
    atMost(
      `rejecting a forged token as a Hono middleware, ${how}, beyond ${REFUSING}`,
      6,
      microseconds(IN_HONO) - microseconds(REFUSING),
      "µs",
    ),
  );

/** Checks that a rejection takes at most a fifth of jose's time, and at most 20 µs. */
function cheapRejection(how: string, microseconds: (name: string) => number): Check {
  const [ours, jose] = [microseconds(OURS), microseconds(JOSE)];
  const bound = Math.min(20, jose / 5);
  return {
    what: `rejecting a forged token, ${how} (jose: ${jose.toFixed(1)} µs)`,
    target: `≤ ${format(bound, "µs")}`,
    measured: ours,
    unit: "µs",
    met: ours <= bound,
  };
}
