import { startRestServer } from "../test/doubles/rest-server/server.ts";
import { type RedisServer, startRedisServer } from "./redis-server.ts";

const { PORT, REDIS_URL: redisUrl, UPSTASH_REDIS_REST_TOKEN } = process.env;
const port = Number(PORT || 8079);
const token = UPSTASH_REDIS_REST_TOKEN || "local-development";

let redis: RedisServer | undefined;
try {
  if (!redisUrl) redis = await startRedisServer();
  const rest = await startRestServer({ redisUrl: redisUrl || (redis?.url ?? ""), token, port });

  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, async () => {
      if (stopping) return;
      stopping = true;
      await rest.close();
      await redis?.stop();
    });
  }

  console.log(`export UPSTASH_REDIS_REST_URL=${rest.url}`);
  console.log(`export UPSTASH_REDIS_REST_TOKEN=${quoted(token)}`);
  // Don't print a REDIS_URL that was given, since it may contain a password.
  if (redis) console.log(`export REDIS_URL=${redis.url}`);
  console.log(
    redis
      ? "# A new Redis, in memory: nothing is kept on disk, and all data is lost when it stops (Ctrl-C)."
      : "# In front of the Redis at REDIS_URL. This server itself stores nothing on disk (Ctrl-C stops it).",
  );
} catch (error) {
  await redis?.stop();
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function quoted(value: string): string {
  return /^[\w.+/=-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
