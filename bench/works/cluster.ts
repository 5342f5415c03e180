import { Cluster } from "ioredis";
import { createCluster } from "redis";
import type { TokenStore } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { nodeRedisStore } from "redis-web-token/node-redis";
import { startRedisCluster } from "../../tools/redis-cluster.ts";
import { writeBareUsers } from "../lib/bare-users.ts";
import { serviceOver, signerOf } from "../lib/ours.ts";
import { atLeast, type Bench, withGoal } from "../lib/section.ts";
import {
  bareOn,
  bestBareOn,
  type Client,
  IN_EVERY_SETTING,
  oursOn,
  PIPELINED,
  ratio,
  type Speeds,
  speedTable,
} from "../lib/speeds.ts";
import { type Settings, signMany } from "../lib/stage.ts";
import { compare, drawer, type Turn } from "../lib/stats.ts";

const MASTERS = 3;
const CONCURRENCIES = [1, 64];
/** The least share of the cluster client's speed, at the most concurrent calls. */
const BOUND = 1;

/** A client of the cluster, and a store over another one. */
interface Clients {
  get(key: string): Promise<string | null>;
  readonly store: TokenStore;
}

/** Compares a verify on a cluster with the cluster client's own GET. */
export const cluster = (settings: Settings): Bench => ({
  name: "cluster",
  async run() {
    await using ends = new AsyncDisposableStack();
    const servers = await startRedisCluster(MASTERS);
    ends.defer(() => servers.stop());
    const all = new Map<Client, Clients>();
    for (const client of IN_EVERY_SETTING) all.set(client, await open(client, servers.urls, ends));
    const { keys, tokens } = await fill(all, servers.urls, settings.sessions);

    const turns = new Map<string, Turn>();
    for (const [client, { get }] of all) {
      const draw = drawer(keys);
      turns.set(bareOn(client), { work: async (i) => JSON.parse((await get(draw(i))) ?? "null") });
    }
    for (const [client, { store }] of all) {
      const draw = drawer(tokens);
      const rwt = serviceOver(store);
      turns.set(oursOn(client), { work: (i) => rwt.verify(draw(i)) });
    }
    const speeds = new Map([...turns.keys()].map((name) => [name, new Map<number, number[]>()]));
    for (const concurrency of CONCURRENCIES)
      for (const [name, rounds] of await compare(turns, settings, concurrency))
        speeds.get(name)?.set(concurrency, rounds);
    const most = Math.max(...CONCURRENCIES);
    const title = `Verifying live sessions on a cluster of ${MASTERS} masters`;
    return {
      tables: [speedTable(title, speeds, (name) => floorOf(name, speeds), CONCURRENCIES)],
      checks: IN_EVERY_SETTING.map((client) =>
        withGoal(
          `verify on a cluster, ${most} concurrent, compared with the cluster client's GET in the best setting`,
          client,
          atLeast(
            `verify on a cluster over ${client}, ${most} concurrent, compared with GET and JSON.parse in the best setting`,
            BOUND,
            ratio(speeds, oursOn(client), bestBareOn(speeds, client, most), most),
          ),
        ),
      ),
    };
  },
});

/** The bare client of a row, in its best setting. */
function floorOf(name: string, speeds: Speeds): string {
  const client = IN_EVERY_SETTING.find((each) => name === oursOn(each) || name === bareOn(each));
  return client === undefined ? name : bestBareOn(speeds, client, Math.max(...CONCURRENCIES));
}

async function open(client: Client, urls: readonly string[], ends: AsyncDisposableStack): Promise<Clients> {
  if (client === "node-redis") {
    const connect = async () => {
      const redis = createCluster({ rootNodes: urls.map((url) => ({ url })) });
      await redis.connect();
      ends.defer(async () => void redis.destroy());
      return redis;
    };
    const bare = await connect();
    return { get: (key) => bare.get(key), store: nodeRedisStore(await connect()) };
  }
  const connect = async () => {
    const redis = new Cluster([...urls], { enableAutoPipelining: client === PIPELINED });
    ends.defer(async () => void redis.disconnect());
    await redis.ping();
    return redis;
  };
  const bare = await connect();
  return { get: (key) => bare.get(key), store: ioredisStore(await connect()) };
}

/** Writes sessions, and as many bare users. */
async function fill(
  clients: ReadonlyMap<Client, Clients>,
  urls: readonly string[],
  sessions: number,
): Promise<{ keys: readonly string[]; tokens: readonly string[] }> {
  const store = clients.get("ioredis")?.store;
  if (store === undefined) throw new Error("there is no store");
  const tokens = await signMany({ sign: signerOf(serviceOver(store), false) }, sessions);
  const admin = new Cluster([...urls]);
  const keys = await writeBareUsers(admin, sessions);
  admin.disconnect();
  return { keys, tokens };
}
