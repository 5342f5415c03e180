import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../../tools/entries.ts";

/** A local server of Upstash's REST protocol. */
export interface Rest {
  readonly url: string;
  readonly token: string;
  /** Delays each answer by so many milliseconds. */
  delay(latencyMs: number): Promise<void>;
  stop(): void;
}

/** Starts the REST server in its own process, so that its work doesn't count as the client's. */
export async function startRest(redisUrl: string): Promise<Rest> {
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
