/**
 * Checks one session in a fresh process, for bench/works/startup.ts. The arguments are what to measure, the URL of Redis, the secret,
 * and a token or a key. It prints how long that took.
 */
import process from "node:process";

const [what = "", url = "", secret = "", credential = ""] = process.argv.slice(2);

type Check = () => Promise<unknown>;

const parsed = async (text: Promise<string | null>): Promise<unknown> => JSON.parse((await text) ?? "null");

/** What each imports, and then does until the first session is known. */
const programs: Readonly<Record<string, () => Promise<Check>>> = {
  async "bare ioredis"() {
    const { Redis } = await import("ioredis");
    return () => parsed(new Redis(url).get(credential));
  },
  async "bare node-redis"() {
    const { createClient } = await import("redis");
    return async () => parsed((await createClient({ url }).connect()).get(credential));
  },
  async ioredis() {
    const [{ createRwt }, { ioredisStore }] = await Promise.all([
      import("redis-web-token"),
      import("redis-web-token/ioredis"),
    ]);
    return () => createRwt({ store: ioredisStore(url), secret }).verify(credential);
  },
  async "node-redis"() {
    const [{ createRwt }, { nodeRedisStore }] = await Promise.all([
      import("redis-web-token"),
      import("redis-web-token/node-redis"),
    ]);
    return () => createRwt({ store: nodeRedisStore(url), secret }).verify(credential);
  },
};

const program = programs[what];
if (program === undefined) throw new Error(`no such program: ${what}`);
const used = process.cpuUsage();
const began = performance.now();
const check = await program();
const imported = performance.now();
if ((await check()) === null) throw new Error("there is no session");
const ended = performance.now();
const { user, system } = process.cpuUsage(used);
console.log(
  JSON.stringify({ imports: imported - began, check: ended - imported, cpu: (user + system) / 1000 }),
);
process.exit();
