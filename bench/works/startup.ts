import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundle } from "../../tools/bundle-size.ts";
import { root } from "../../tools/entries.ts";
import { IN_A_WORKER } from "../../tools/workerd.ts";
import { writeBareUsers } from "../lib/bare-users.ts";
import { bearerHeader } from "../lib/hono-route.ts";
import { serviceOver, storeOn } from "../lib/ours.ts";
import { startRest } from "../lib/rest.ts";
import type { Bench, Table } from "../lib/section.ts";
import { bareOn, CLIENTS, oursOn } from "../lib/speeds.ts";
import { openRedis, type Settings } from "../lib/stage.ts";
import { median } from "../lib/stats.ts";
import { secret, user } from "../lib/user.ts";
import { coldTimesInWorkerd } from "../lib/workerd.ts";
import { OUR_WORKER, UPSTASH_WORKER, workerApps } from "../lib/workers.ts";

const PROGRAM = join(root, "bench/runtimes/startup.ts");

/** What a fresh process printed, in milliseconds. */
interface Cold {
  readonly imports: number;
  readonly check: number;
  readonly cpu: number;
}

/** Measures the way from nothing to the first verified token, in fresh processes of Node and in fresh isolates of workerd. */
export const startup = (settings: Settings): Bench => ({
  name: "startup",
  async run() {
    await using ends = new AsyncDisposableStack();
    const { redis, admin } = await openRedis(ends);
    const [key = ""] = await writeBareUsers(admin, 1);
    const { store, close } = await storeOn("ioredis", redis.url);
    ends.defer(async () => void (await close()));
    const token = await serviceOver(store).sign(user);
    const times = settings.quick ? 3 : 15;
    return {
      tables: [await onNode(redis.url, key, token, times), await inWorkerd(redis.url, key, token, times)],
      checks: [],
    };
  },
});

async function onNode(redisUrl: string, key: string, token: string, times: number): Promise<Table> {
  const programs = CLIENTS.flatMap((client) => [
    { name: bareOn(client), what: `bare ${client}`, credential: key },
    { name: oursOn(client), what: client, credential: token },
  ]);
  const found = new Map(programs.map(({ name }) => [name, [] as Cold[]]));
  for (let round = 0; round < times; round++)
    for (const { name, what, credential } of programs) {
      const args = [PROGRAM, what, redisUrl, secret, credential];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
      found.get(name)?.push(JSON.parse(stdout) as Cold);
    }
  return {
    title: "From nothing to the first session, in a new Node process",
    columns: [
      { name: "" },
      { name: "imports", unit: "ms" },
      { name: "createRwt to the first session", unit: "ms" },
      { name: "both", unit: "ms" },
      { name: "CPU of both", unit: "ms" },
    ],
    rows: [...found].map(([name, all]) => [
      name,
      median(all.map(({ imports }) => imports)),
      median(all.map(({ check }) => check)),
      median(all.map(({ imports, check }) => imports + check)),
      median(all.map(({ cpu }) => cpu)),
    ]),
  };
}

/** Each isolate imports the app, makes the service and checks a token in its first request. */
async function inWorkerd(redisUrl: string, key: string, token: string, times: number): Promise<Table> {
  await using ends = new AsyncDisposableStack();
  const { url, token: password, stop } = await startRest(redisUrl);
  ends.defer(stop);
  const rows: [string, number][] = [];
  for (const { name, code } of workerApps) {
    if (name !== UPSTASH_WORKER && name !== OUR_WORKER) continue;
    const app = await bundle(code({ url, token: password, secret }), IN_A_WORKER);
    const credential = name === OUR_WORKER ? token : key;
    rows.push([name, median(await coldTimesInWorkerd(app, times, bearerHeader(credential)))]);
  }
  return {
    title: "The first request of a new isolate in workerd, beyond a later one",
    columns: [{ name: "" }, { name: "", unit: "ms" }],
    rows,
  };
}
