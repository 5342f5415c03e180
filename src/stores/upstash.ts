import { Redis } from "@upstash/redis";
import { OptionRangeError } from "../errors.ts";
import { isObject } from "../lib/json.ts";
import type { RedisStoreOptions } from "./options.ts";
import { type RedisCommand, type RedisConnection, type RedisStore, redisStore } from "./redis.ts";
import { readCredentials, type UpstashCredentials } from "./upstash-credentials.ts";

export type { UpstashCredentials } from "./upstash-credentials.ts";

/** What is used of an `@upstash/redis` client; any version that has it will do. */
export interface UpstashClient {
  exec(command: [string, ...string[]]): Promise<unknown>;
  /** For reads that have to leave together, and can't as one command. */
  pipeline?(): UpstashPipeline;
}

/** Commands that leave in one request. */
interface UpstashPipeline {
  get(key: string): unknown;
  getex(key: string, options: { ex: number }): unknown;
  exec(options: { keepErrors: true }): Promise<readonly { result: unknown; error?: string | undefined }[]>;
}

/**
 * Sessions in a Redis that speaks Upstash's REST protocol, through `@upstash/redis`. For Cloudflare Workers,
 * Deno, Bun, Vercel Edge, Node: wherever `fetch` is.
 *
 * With credentials the library makes a client that sends each operation once. A client of yours keeps its own
 * settings: its retries (an operation sent twice still gives one answer, but `destroy`, whose second sending
 * may answer `false`) and its deserialization, which costs a little and does no harm. Its auto-pipelining is
 * passed by: the store itself lets the reads of one tick leave as one request.
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
): RedisStore {
  return redisStore(isClient(upstash) ? yours(upstash) : ours(upstash), options);
}

const isClient = (upstash: unknown): upstash is UpstashClient =>
  isObject(upstash) && typeof upstash.exec === "function" && !("call" in upstash);

function yours(client: UpstashClient): RedisConnection {
  refuseStaticSignal(client);
  return {
    send: async ({ args }) => asText(await client.exec([...args])),
    sendAll: client.pipeline && ((commands) => inOneRequest(client as Required<UpstashClient>, commands)),
    oneServer: true,
    close: nothingToClose,
  };
}

/** A client that deserializes hands a session's text back as the object it stood for. */
function asText(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(asText);
  return isObject(reply) ? JSON.stringify(reply) : reply;
}

/** Sends reads in one request, and gives each one's reply or error. */
async function inOneRequest(
  client: Required<UpstashClient>,
  commands: readonly RedisCommand[],
): Promise<readonly unknown[]> {
  const pipeline = client.pipeline();
  for (const { args } of commands) {
    const [, key = "", , seconds] = args;
    if (seconds === undefined) pipeline.get(key);
    else pipeline.getex(key, { ex: Number(seconds) });
  }
  const replies = await pipeline.exec({ keepErrors: true });
  return replies.map(({ result, error }) => (error === undefined ? asText(result) : new Error(error)));
}

function ours(credentials: UpstashCredentials): RedisConnection {
  const { url, token } = readCredentials("upstashStore's first argument", credentials);
  // The client calls `signal` before it first waits, so within `exec`: what is set here is this command's own.
  let current: AbortSignal = AbortSignal.abort();
  const client = new Redis({
    url,
    token,
    signal: () => current,
    retry: { retries: 0 },
    automaticDeserialization: false,
    enableAutoPipelining: false,
    // The values are text already. Decoding would take for base64 whatever looks like it.
    responseEncoding: false,
  });
  return {
    send: ({ args }, signal) => {
      current = signal;
      return client.exec([...args]);
    },
    sendAll: (commands, signal) => {
      current = signal;
      return inOneRequest(client, commands);
    },
    oneServer: true,
    close: nothingToClose,
  };
}

/** HTTP: each command opens and ends its own request. */
const nothingToClose = async (): Promise<void> => {};

/**
 * When a static signal aborts, the client makes up a successful, empty answer: `verify` would take an abort
 * for a logout. A function that gives a signal makes it throw.
 */
function refuseStaticSignal(upstash: UpstashClient): void {
  const { client } = upstash as { client?: { options?: { signal?: unknown } } };
  if (client?.options?.signal instanceof AbortSignal) {
    throw new OptionRangeError(
      "signal",
      "the @upstash/redis client must be made with a function as its signal, such as () => AbortSignal.timeout(1000): " +
        "when a static one aborts, the client answers as if the command had succeeded",
    );
  }
}
