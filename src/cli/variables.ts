/** The environment variables that the command line reads. */
export interface Environment {
  readonly REDIS_URL?: string | undefined;
  readonly UPSTASH_REDIS_REST_URL?: string | undefined;
  readonly UPSTASH_REDIS_REST_TOKEN?: string | undefined;
  readonly RWT_SECRET?: string | undefined;
  readonly RWT_PREFIX?: string | undefined;
  readonly RWT_EXPIRE?: string | undefined;
  readonly RWT_MAX_LIFETIME?: string | undefined;
}
