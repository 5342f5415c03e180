import type { TestProject } from "vitest/node";
import { startRedisServer } from "../../tools/redis-server.ts";
import { startRestServer } from "../doubles/rest-server/server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A real redis-server that all test files share. Use keys of your own, don't count commands, and break nothing. */
    redisUrl: string;
    /** The Upstash protocol in front of the same server. */
    restUrl: string;
    restToken: string;
  }
}

/** Starts one Redis for all test files that only store and read. Files that count commands or break things start their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await startRedisServer();
  const rest = await startRestServer({ redisUrl: redis.url });
  project.provide("redisUrl", redis.url);
  project.provide("restUrl", rest.url);
  project.provide("restToken", rest.token);
  return async () => {
    await rest.close();
    await redis.stop();
  };
}
