import { sign as signJwt } from "hono/jwt";
import { bundle } from "../../tools/bundle-size.ts";
import { startRedisServer } from "../../tools/redis-server.ts";
import { IN_A_WORKER, startWorkerd } from "../../tools/workerd.ts";
import { writeBareUsers } from "../lib/bare-users.ts";
import { openIoredis } from "../lib/clients.ts";
import { bearerHeader } from "../lib/hono-route.ts";
import { beyond, type Loaded, loadInTurns, type Target } from "../lib/load.ts";
import { serviceOver, signerOf, storeOn } from "../lib/ours.ts";
import { processCpu } from "../lib/process-cpu.ts";
import { startRest } from "../lib/rest.ts";
import { atMost, type Bench, type Check, withGoal } from "../lib/section.ts";
import { type Settings, signMany } from "../lib/stage.ts";
import { median, medianRatio } from "../lib/stats.ts";
import { secret, user } from "../lib/user.ts";
import {
  CACHING_WORKER,
  JWT_WORKER,
  OUR_WORKER,
  PLAIN_WORKER,
  UPSTASH_WORKER,
  workerApps,
} from "../lib/workers.ts";
import { SESSIONS } from "../routes/start.ts";

const CONNECTIONS = 16;

/** Measures the CPU of a Worker's route in workerd, from outside, since a Worker's own clock stands still while it computes. */
export const workerd = (settings: Settings): Bench => ({
  name: "workerd",
  async run() {
    await using ends = new AsyncDisposableStack();
    const redis = await startRedisServer();
    ends.defer(() => redis.stop());
    const rest = await startRest(redis.url);
    ends.defer(rest.stop);
    const credentials = await signIn(redis.url);
    const targets: Target[] = [];
    for (const { name, code } of workerApps) {
      const { url, token } = rest;
      const worker = await bundle(code({ url, token, secret }), IN_A_WORKER);
      const { pid, ports } = await startWorkerd({ "worker.mjs": worker }, {}, ends);
      targets.push({
        name,
        url: `http://127.0.0.1:${ports[0]}/`,
        headers: credentials(name).map(bearerHeader),
        cpu: async () => processCpu(pid),
      });
    }
    const loaded = await loadInTurns(targets, settings, CONNECTIONS);
    const [plain, bare] = [loaded.get(PLAIN_WORKER), loaded.get(UPSTASH_WORKER)];
    return {
      tables: [
        {
          title: `A Hono route in workerd, ${CONNECTIONS} connections`,
          columns: [
            { name: "" },
            { name: "CPU per request", unit: "µs" },
            { name: "of which beyond the plain route", unit: "µs" },
            { name: "ratio to @upstash/redis", unit: "×" },
          ],
          rows: [...loaded].map(([name, one]) => [
            name,
            median(one.cpu),
            one === plain ? null : median(beyond(one, plain)),
            medianRatio(one.cpu, bare?.cpu),
          ]),
        },
      ],
      checks: [
        withGoal(
          "CPU of a request in workerd, compared with @upstash/redis's GET in the route",
          "",
          check(loaded, OUR_WORKER, UPSTASH_WORKER, 1.05),
        ),
        withGoal(
          "CPU of a request in workerd with `cache`, compared with hono/jwt",
          "",
          check(loaded, CACHING_WORKER, JWT_WORKER, 0.7),
        ),
      ],
    };
  },
});

const check = (loaded: ReadonlyMap<string, Loaded>, ours: string, other: string, bound: number): Check =>
  atMost(
    `CPU of a request in workerd: ${ours}, compared with ${other}`,
    bound,
    medianRatio(loaded.get(ours)?.cpu, loaded.get(other)?.cpu),
  );

/** Makes the credentials of each Worker. */
async function signIn(redisUrl: string): Promise<(worker: string) => readonly string[]> {
  const { store, close } = await storeOn("ioredis", redisUrl);
  const tokens = await signMany({ sign: signerOf(serviceOver(store), false) }, SESSIONS);
  await close();
  const jwts = await signMany({ sign: () => signJwt({ ...user }, secret, "HS256") }, SESSIONS);
  const admin = await openIoredis(redisUrl);
  const keys = await writeBareUsers(admin, SESSIONS);
  await admin.quit();
  return (worker) => {
    if (worker === JWT_WORKER) return jwts;
    return worker === OUR_WORKER || worker === CACHING_WORKER ? tokens : keys;
  };
}
