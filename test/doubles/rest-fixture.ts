/** A REST server in front of a new Redis for each test file, and functions to call it. The server's tests share this fixture. */
import { Redis, type RedisConfigNodejs } from "@upstash/redis";
import { Redis as TcpRedis } from "ioredis";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type RedisServer, startRedisServer } from "../../tools/redis-server.ts";
import { type RestServer, startRestServer } from "./rest-server/server.ts";

export let redis: RedisServer;
export let rest: RestServer;
export let tcp: TcpRedis;

beforeAll(async () => {
  redis = await startRedisServer();
  rest = await startRestServer({ redisUrl: redis.url });
  tcp = new TcpRedis(redis.url);
  tcp.on("error", () => {});
});
afterAll(async () => {
  tcp?.disconnect();
  await rest?.close();
  await redis?.stop();
});
beforeEach(async () => {
  rest.faults.reset();
  rest.requests.reset();
  await tcp.flushall();
});

export interface Init {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export function request(
  path: string,
  { method = "POST", body, headers = {}, signal }: Init = {},
): Promise<Response> {
  return fetch(rest.url + path, {
    method,
    headers: { authorization: `Bearer ${rest.token}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
}

export async function answer(path: string, init?: Init): Promise<[status: number, body: unknown]> {
  const response = await request(path, init);
  return [response.status, await response.json()];
}

export function client(options: Partial<RedisConfigNodejs> = {}): Redis {
  return new Redis({
    url: rest.url,
    token: rest.token,
    retry: { retries: 0 },
    enableAutoPipelining: false,
    enableTelemetry: false,
    ...options,
  });
}
