import type { RedisServer } from "../../tools/redis-server.ts";
import { checkApp } from "./check-app.ts";
import type { SuiteResult } from "./programs/suites.ts";

/** The Redis and the REST server for a single row. */
export interface Target {
  readonly REDIS_URL: string;
  readonly REST_URL: string;
  readonly REST_TOKEN: string;
}

export interface Row {
  /** The name in docs/runtimes.md. */
  readonly name: string;
  /** The exact version that runs. */
  version(): Promise<string>;
  /** Runs the suites on every store, and the checks of the app. `redis` is the target's server, for outages. */
  run(target: Target, redis: RedisServer): Promise<readonly SuiteResult[]>;
}

/** The variables that the servers in docs read, with the target's values. */
export const pageEnv = ({ REDIS_URL, REST_URL, REST_TOKEN }: Target) => ({
  REDIS_URL,
  UPSTASH_REDIS_REST_URL: REST_URL,
  UPSTASH_REDIS_REST_TOKEN: REST_TOKEN,
  RWT_SECRET: "a secret of the matrix, 32 bytes or more",
});

/**
 * The results of a runtime that only answers requests.
 *
 * @param paths - the paths that run a store's suites
 */
export async function suitesOver(
  origin: string,
  paths: readonly string[] = ["suites/memory", "suites/HTTP"],
): Promise<SuiteResult[]> {
  const results: SuiteResult[] = [];
  for (const path of paths) {
    const answer = await fetch(`${origin}/${path}`);
    if (!answer.ok) throw new Error(`${answer.status} ${(await answer.text()).slice(0, 500)}`);
    results.push((await answer.json()) as SuiteResult);
  }
  return [...results, await checkApp(origin)];
}
