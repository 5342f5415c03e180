import { Redis } from "@upstash/redis";
import { upstashStore } from "redis-web-token/upstash";
import { serviceOver, signerOf } from "../lib/ours.ts";
import { type Rest, startRest } from "../lib/rest.ts";
import { atMost, type Bench, type Check } from "../lib/section.ts";
import { openRedis, type Settings } from "../lib/stage.ts";
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
    const { redis, admin } = await openRedis(ends);
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
