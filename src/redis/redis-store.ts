import { callable, knownOptions } from "../lib/check.ts";
import type { RedisExecutor, TokenStore } from "../store.ts";
import { withBreaker } from "./breaker.ts";
import { withCache } from "./cache.ts";
import { query } from "./command.ts";
import type { RedisConnection } from "./connection.ts";
import { withExtendEvery } from "./extend-every.ts";
import { unexpectedReply } from "./faults.ts";
import {
  type RedisStoreOptions,
  type RedisStoreSettings,
  readStoreOptions,
  STORE_OPTIONS,
} from "./options.ts";
import { createReader } from "./reader.ts";
import { whole } from "./replies.ts";
import { createRunner } from "./runner.ts";
import { sessionStore } from "./session-store.ts";
import { storeTracking } from "./tracking.ts";

/**
 * Keeps sessions in Redis through any client that can send a command.
 *
 * @throws OptionTypeError, OptionRangeError
 * @example
 * ```ts
 * import { createClient } from "redis";
 * import { redisStore } from "redis-web-token/redis";
 *
 * const client = createClient();
 * const store = redisStore({
 *   send: ({ args }) => client.sendCommand(args),
 *   oneServer: true,
 *   close: async () => {},
 * });
 * ```
 */
export function redisStore(connection: RedisConnection, options: RedisStoreOptions = {}): TokenStore {
  callable("connection.send", Object(connection).send);
  const settings = readStoreOptions(knownOptions("the store's options", options, STORE_OPTIONS));
  const { cache, extendEvery, breaker } = settings;
  const plain = plainExecutor(breaker ? withBreaker(connection, breaker) : connection, settings);
  const sliding = extendEvery > 0 ? withExtendEvery(plain, extendEvery) : plain;
  return sessionStore(cache ? withCache(sliding, cache, connection.watch) : sliding);
}

function plainExecutor(connection: RedisConnection, { timeout }: RedisStoreSettings): RedisExecutor {
  const run = createRunner(connection, timeout);
  const links = connection.track && storeTracking(connection.track, timeout);
  return {
    capabilities: { hashes: true },
    read: createReader(run, connection),
    tracking: links?.tracking,
    mark: () => connection.sync?.mark() ?? "",
    run: async (call, options) => run(options, (sender) => sender.send(call)),
    runAll: async (commands, options) =>
      run(options, async (sender) => whole(await sender.sendAll(commands))),
    connect: async (options) =>
      run(options, async (sender) => {
        // Any text will do: a client that decodes base64 turns PONG into something else.
        if (typeof (await sender.send(query("PING"))) !== "string") throw unexpectedReply();
      }),
    async disconnect() {
      links?.disconnected();
      await connection.close();
    },
  };
}
