/**
 * Sessions in Upstash Redis over HTTP, through `@upstash/redis`:
 * for edge runtimes and everything else that has `fetch`.
 *
 * @module
 */
import { OptionRangeError } from "../errors.ts";
import { isObject } from "../lib/json.ts";
import { command, type RedisCommand, TOUCHES } from "../redis/command.ts";
import type { RedisConnection } from "../redis/connection.ts";
import type { RedisStoreOptions } from "../redis/options.ts";
import { redisStore } from "../redis/redis-store.ts";
import type { TokenStore } from "../store.ts";
import { loadClient } from "./load-client.ts";
import { readCredentials, type UpstashCredentials } from "./upstash-credentials.ts";
import { fetchResends, sendOnce } from "./upstash-deno.ts";
import { createSyncTokens } from "./upstash-sync.ts";

export type { UpstashCredentials } from "./upstash-credentials.ts";

/** The part of an `@upstash/redis` client that the store uses. Any version that has it will do. */
export interface UpstashClient {
  exec(command: [string, ...string[]]): Promise<unknown>;
  /** Makes a pipeline, for commands that share a request. */
  pipeline?(): UpstashPipeline;
}

/** Commands that are sent in one request. */
export interface UpstashPipeline {
  get(key: string): unknown;
  mget(...keys: string[]): unknown;
  expire(key: string, seconds: number): unknown;
  pttl(key: string): unknown;
  zrevrank(key: string, member: string): unknown;
  zrange(key: string, from: number, to: number, options: { rev: true; withScores: true }): unknown;
  exec(options: { keepErrors: true }): Promise<readonly { result: unknown; error?: string | undefined }[]>;
}

/** How to add a command to a pipeline, by its name. */
const PIPELINED: Readonly<Record<string, (pipeline: UpstashPipeline, args: readonly string[]) => unknown>> = {
  GET: (pipeline, [key = ""]) => pipeline.get(key),
  MGET: (pipeline, keys) => pipeline.mget(...keys),
  EXPIRE: (pipeline, [key = "", seconds]) => pipeline.expire(key, Number(seconds)),
  PTTL: (pipeline, [key = ""]) => pipeline.pttl(key),
  ZREVRANK: (pipeline, [key = "", member = ""]) => pipeline.zrevrank(key, member),
  ZRANGE: (pipeline, [key = "", from, to]) =>
    pipeline.zrange(key, Number(from), Number(to), { rev: true, withScores: true }),
};

/**
 * Keeps sessions in a Redis that speaks Upstash's REST protocol, through `@upstash/redis`: for Cloudflare Workers, Deno, Bun,
 * Vercel Edge and Node, wherever there is `fetch`.
 *
 * Given credentials, the library makes a client that sends each operation once. Your own client keeps its settings: its
 * retries, and its deserialization, which costs a little and does no harm. An operation that it sends twice still takes effect
 * once, and gives one answer. The exceptions: the second `destroy` or `destroyById` may answer `false`; the second
 * `reauthenticate`, `rotate` with `retry: false`, and `consume` of a one-time token may answer `null`; and `update` may apply a
 * function twice. Its auto-pipelining is bypassed, because the store itself sends the reads of one tick in one request.
 *
 * @param upstash - the URL and the token, or a client
 * @throws OptionTypeError, OptionRangeError
 * @example
 * ```ts
 * import { upstashStore } from "redis-web-token/upstash";
 *
 * const store = upstashStore({ url: "https://….upstash.io", token: "…" }, { timeout: 1000 });
 * ```
 */
export function upstashStore(
  upstash: UpstashClient | UpstashCredentials,
  options: RedisStoreOptions = {},
): TokenStore {
  return redisStore(isClient(upstash) ? overGivenClient(upstash) : overOwnClient(upstash), options);
}

const isClient = (upstash: unknown): upstash is UpstashClient =>
  isObject(upstash) && typeof upstash.exec === "function" && !("call" in upstash);

function overGivenClient(client: UpstashClient): RedisConnection {
  refuseStaticSignal(client);
  return {
    send: async ({ args }) => asText(await client.exec([...args])),
    sendAll: client.pipeline && ((commands) => inOneRequest(client as Required<UpstashClient>, commands)),
    oneServer: true,
    close: nothingToClose,
  };
}

/** A client that deserializes returns JSON text as objects; this turns them back into text. */
function asText(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(asText);
  return isObject(reply) ? JSON.stringify(reply) : reply;
}

/** Sends commands in one request, and returns each one's reply or error. */
async function inOneRequest(
  client: Required<UpstashClient>,
  commands: readonly RedisCommand[],
): Promise<readonly unknown[]> {
  const pipeline = client.pipeline();
  for (const { name, args } of commands) {
    const add = PIPELINED[name];
    if (add === undefined) throw new Error(`${name} is missing in PIPELINED`);
    add(pipeline, args.slice(1));
  }
  const replies = await pipeline.exec({ keepErrors: true });
  return replies.map(({ result, error }) => (error === undefined ? asText(result) : new Error(error)));
}

function overOwnClient(credentials: UpstashCredentials): RedisConnection {
  const { url, token } = readCredentials("upstashStore's first argument", credentials);
  const sync = createSyncTokens(url);
  let upstash: UpstashModule | undefined;

  async function open(): Promise<UpstashModule> {
    // Until it is loaded, each call loads it itself: on Workers no request may wait for another's promise.
    upstash ??= await loadClient("@upstash/redis", import("@upstash/redis"));
    return upstash;
  }

  /** Makes a request with a client of its own: the client keeps the sync token as its state, which another request would change. */
  async function request<Reply>(
    commands: readonly RedisCommand[],
    signal: AbortSignal,
    send: (client: Redis) => Promise<Reply>,
  ): Promise<Reply> {
    const { Redis } = upstash ?? (await open());
    const client = new Redis({
      url,
      token,
      signal: () => signal,
      retry: { retries: 0 },
      automaticDeserialization: false,
      enableAutoPipelining: false,
      // The values are text already. The client would decode any text that looks like base64.
      responseEncoding: false,
    });
    client.readYourWritesSyncToken = sync.tokenFor(commands) ?? (await learn(signal));
    const end = sync.begin(commands);
    const reply = await send(client);
    end(client.readYourWritesSyncToken ?? "");
    return reply;
  }

  /** Asks the primary for a sync token, by a script, since Redis counts scripts as writes. */
  async function learn(signal: AbortSignal): Promise<string | undefined> {
    const nothing = { ...command("EVAL", [], ["return 1", "0"], TOUCHES), after: "" };
    return request([nothing], signal, async (client) => {
      await client.exec([...nothing.args]);
      return client.readYourWritesSyncToken;
    });
  }

  return {
    open,
    send: (sent, { signal }) =>
      request([sent], signal, (client) => {
        if (fetchResends && sent.write && sent.expendable !== true) sendOnce(client, { url, token, signal });
        return client.exec([...sent.args]);
      }),
    sendAll: (commands, { signal }) => request(commands, signal, (client) => inOneRequest(client, commands)),
    sync,
    oneServer: true,
    close: nothingToClose,
  };
}

type UpstashModule = typeof import("@upstash/redis");
type Redis = InstanceType<UpstashModule["Redis"]>;

/** Over HTTP, each command is a request of its own. */
const nothingToClose = async (): Promise<void> => {};

/**
 * Refuses a client with a static signal: when it aborts, the client returns a successful, empty reply, which `verify` would treat as
 * a logout. With a function that returns a signal, the client throws.
 */
function refuseStaticSignal(upstash: UpstashClient): void {
  const { client } = upstash as { client?: { options?: { signal?: unknown } } };
  if (client?.options?.signal instanceof AbortSignal) {
    throw new OptionRangeError(
      "signal",
      "the @upstash/redis client must be made with a function as its signal, such as () => AbortSignal.timeout(1000): " +
        "when a static signal aborts, the client answers as if the command had succeeded",
    );
  }
}
