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
  // Not one that was given: it may hold a password.
  if (redis) console.log(`export REDIS_URL=${redis.url}`);
  console.log(
    redis
      ? "# A Redis of its own, in memory: nothing is kept on disk, and all is gone when this ends (Ctrl-C)."
      : "# In front of the Redis of REDIS_URL: this server keeps nothing on disk itself (Ctrl-C ends it).",
  );
} catch (error) {
  await redis?.stop();
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function quoted(value: string): string {
  return /^[\w.+/=-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
