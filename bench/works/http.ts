import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Redis } from "@upstash/redis";
import { upstashStore } from "redis-web-token/upstash";
import { root } from "../../tools/entries.ts";
import { startRedisServer } from "../../tools/redis-server.ts";
import { openIoredis } from "../lib/clients.ts";
import { serviceOver, signerOf } from "../lib/ours.ts";
import { atMost, type Bench, type Check } from "../lib/section.ts";
import type { Settings } from "../lib/stage.ts";
import { drawer, latencies, median, type Work } from "../lib/stats.ts";
import { user } from "../lib/user.ts";

const LATENCIES = [0, 5, 20];
const KEY = "bare";
const FETCH = "bare fetch of GET";
const VERIFY = "redis-web-token, upstashStore";

/** Compares a verify over Upstash's REST API with a bare `fetch`. The local server delays answers as a network would. */
export const http = (settings: Settings): Bench => ({
  name: "http",
  async run() {
    await using ends = new AsyncDisposableStack();
    const redis = await startRedisServer();
    ends.defer(() => redis.stop());
    const admin = await openIoredis(redis.url);
    ends.defer(() => admin.disconnect());
    await admin.set(KEY, JSON.stringify(user));
    const rest = await startRest(redis.url);
    ends.defer(rest.stop);
    const works = await worksOver(rest, settings);
    const rows: (string | number)[][] = [...works.keys()].map((name) => [name]);
    const checks: Check[] = [];
    for (const latencyMs of LATENCIES) {
      await rest.delay(latencyMs);
      const times = await latencies(works, settings.quick ? 100 : 400);
      const p50 = (name: string) => median(times.get(name) ?? []);
      [...works.keys()].forEach((name, i) => void rows[i]?.push(p50(name), p50(name) / p50(FETCH)));
      if (latencyMs === 5)
        checks.push(
          atMost(
            "verify over HTTP with 5 ms of latency, median compared with a bare fetch",
            1.05,
            p50(VERIFY) / p50(FETCH),
          ),
          atMost(
            "verify over HTTP with 5 ms of latency, with a subject, median compared with a bare fetch",
            1.05,
            p50(`${VERIFY}, with a subject`) / p50(FETCH),
          ),
        );
    }
    return {
      tables: [
        {
          title: "Verifying over HTTP, median of single calls",
          columns: [
            { name: "" },
            ...LATENCIES.flatMap((ms) => [
              { name: `${ms} ms away`, unit: "ms" as const },
              { name: "ratio to the fetch", unit: "×" as const },
            ]),
          ],
          rows,
        },
      ],
      checks,
    };
  },
});

interface Rest {
  readonly url: string;
  readonly token: string;
  delay(latencyMs: number): Promise<void>;
  stop(): void;
}

async function worksOver({ url, token }: Rest, { sessions }: Settings): Promise<Map<string, Work>> {
  const rwt = serviceOver(upstashStore({ url, token }));
  const sliding = serviceOver(upstashStore({ url, token }), true);
  const other = serviceOver(upstashStore({ url, token }));
  const tokensOf = async (subjects: boolean) => {
    const sign = signerOf(other, subjects);
    const tokens: string[] = [];
    while (tokens.length < sessions / 20) tokens.push(await sign());
    return tokens;
  };
  const draw = drawer(await tokensOf(false));
  const drawWithSubject = drawer(await tokensOf(true));
  const client = new Redis({
    url,
    token,
    enableAutoPipelining: false,
    automaticDeserialization: false,
    responseEncoding: false,
  });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify(["GET", KEY]);
  return new Map<string, Work>([
    [
      FETCH,
      async () => {
        const { result } = (await (await fetch(url, { method: "POST", headers, body })).json()) as {
          result: string;
        };
        return JSON.parse(result);
      },
    ],
    ["@upstash/redis, GET", async () => JSON.parse((await client.get<string>(KEY)) ?? "null")],
    [VERIFY, (i) => rwt.verify(draw(i))],
    [`${VERIFY}, with a subject`, (i) => rwt.verify(drawWithSubject(i))],
    [`${VERIFY}, sliding`, (i) => sliding.verify(draw(i))],
    [`${VERIFY}, sliding, with a subject`, (i) => sliding.verify(drawWithSubject(i))],
  ]);
}

/** Starts the REST server in its own process, so that its work doesn't count as the client's. */
async function startRest(redisUrl: string): Promise<Rest> {
  const env = { ...process.env, REDIS_URL: redisUrl, PORT: "0", UPSTASH_REDIS_REST_TOKEN: "benchmark" };
  const child: ChildProcess = spawn(process.execPath, [join(root, "tools/dev-redis.ts")], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout ?? child, "data")) as [Buffer];
  const url = /REST_URL=(\S+)/.exec(line.toString())?.[1];
  if (url === undefined) throw new Error("the REST server didn't start");
  return {
    url,
    token: env.UPSTASH_REDIS_REST_TOKEN,
    async delay(latencyMs) {
      const { status } = await fetch(`${url}/_faults`, {
        method: "PUT",
        headers: { authorization: `Bearer ${env.UPSTASH_REDIS_REST_TOKEN}` },
        body: JSON.stringify({ latencyMs }),
      });
      if (status !== 204) throw new Error(`no latency could be set: ${status}`);
    },
    stop: () => void child.kill(),
  };
}
