/**
 * Measures Bun and Deno for bench/works/runtimes.ts. The arguments are the client (bun or ioredis), the URL of Redis and the secret.
 *
 * The first line of stdin has the keys of the bare GET and the tokens; each further line says what to measure, and is answered with
 * operations per second.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { createRwt, type TokenStore } from "redis-web-token";
import { drawer, speedOf, type Work } from "../lib/stats.ts";

interface Clients {
  get(key: string): Promise<string | null>;
  readonly store: TokenStore;
}

/** The part of Bun's own client that is used. */
interface BunClient {
  get(key: string): Promise<string | null>;
  send(command: string, args: string[]): Promise<unknown>;
  readonly connected: boolean;
  connect(): Promise<void>;
  close(): void;
}
declare const Bun: { RedisClient: new (url: string) => BunClient };

const [client, url = "", secret = ""] = process.argv.slice(2);

async function open(): Promise<Clients> {
  if (client === "bun") {
    const { bunRedisStore } = await import("redis-web-token/bun");
    const bare = new Bun.RedisClient(url);
    return { get: (key) => bare.get(key), store: bunRedisStore(new Bun.RedisClient(url)) };
  }
  const { Redis } = await import("ioredis");
  const { ioredisStore } = await import("redis-web-token/ioredis");
  const bare = new Redis(url);
  return { get: (key) => bare.get(key), store: ioredisStore(new Redis(url)) };
}

const answer = (value: unknown): void => console.log(JSON.stringify(value));

const { get, store } = await open();
const rwt = createRwt({ store, secret });
const works = new Map<string, Work>();
for await (const line of createInterface(process.stdin)) {
  const question = JSON.parse(line) as {
    readonly keys: readonly string[];
    readonly tokens: readonly string[];
    readonly work?: string;
    readonly concurrency: number;
    readonly ms: number;
  };
  if (question.work === undefined) {
    const [key, token] = [drawer(question.keys), drawer(question.tokens)];
    works.set("get", async (i) => JSON.parse((await get(key(i))) ?? "null"));
    works.set("verify", async (i) => {
      if ((await rwt.verify(token(i))) === null) throw new Error("a live session was refused");
    });
    answer(true);
    continue;
  }
  const work = works.get(question.work);
  if (work === undefined) throw new Error(`no such work: ${question.work}`);
  answer(await speedOf(work, question));
}
process.exit();
