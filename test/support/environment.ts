/** Removes the variables that the project reads from an environment. */
export function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(UPSTASH_|RWT_|DEMO_USERS$|REDIS_URL$|HOST$|NODE_OPTIONS$|VITEST)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)));
}
