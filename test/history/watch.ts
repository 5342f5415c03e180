import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Checker } from "./checker.ts";
import { watcher } from "./outside/environment.ts";

const EVERY_MS = 250;
/** Returns the cursor, the number of keys, the size of the largest index, and the keys without an expiry. */
const SCAN = `
local page = redis.call('SCAN', ARGV[1], 'COUNT', 500)
local largest, bad = 0, {}
for _, key in ipairs(page[2]) do
  if redis.call('TTL', key) == -1 then bad[#bad + 1] = key end
  if redis.call('TYPE', key).ok == 'zset' then largest = math.max(largest, redis.call('ZCARD', key)) end
end
return {page[1], #page[2], largest, unpack(bad)}`;

/** Scans all keys repeatedly and checks that each has an expiry. */
export class Watch {
  seen = 0;
  /** The number of keys in the last scan. */
  present = 0;
  largestIndex = 0;
  readonly #checker: Checker;
  readonly #redises: readonly Redis[];
  #isOver = false;
  #loop = Promise.resolve();

  constructor(checker: Checker, ports: readonly number[]) {
    this.#checker = checker;
    this.#redises = ports.map(watcher);
    if (ports.length > 0) this.#loop = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      let present = 0;
      for (const redis of this.#redises) present += await this.#look(redis).catch(() => 0);
      this.present = present;
      await sleep(EVERY_MS);
    }
  }

  async #look(redis: Redis): Promise<number> {
    let cursor = "0";
    let present = 0;
    do {
      const page = (await redis.eval(SCAN, 0, cursor)) as [string, number, number, ...string[]];
      const [next, count, largest, ...bad] = page;
      cursor = next;
      present += count;
      this.largestIndex = Math.max(this.largestIndex, largest);
      for (const key of bad) this.#checker.violation("R8", `a key without an expiry: ${key}`);
    } while (cursor !== "0" && !this.#isOver);
    this.seen += present;
    return present;
  }

  /** Checks that Redis is empty after everything has expired. */
  async judgeRest(): Promise<void> {
    for (const redis of this.#redises) {
      const left = await redis.dbsize();
      if (left > 0)
        this.#checker.violation("R8", `${left} keys are left, such as ${await redis.randomkey()}`);
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#loop;
    for (const redis of this.#redises) redis.disconnect();
  }
}
