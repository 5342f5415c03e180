import { knownOptions, wholeNumber } from "../lib/check.ts";
import { withDeadline } from "../lib/deadline.ts";
import type { StoreCallOptions, TokenStore } from "../store.ts";
import { withBreaker } from "./breaker.ts";
import { withCache } from "./cache.ts";
import { withExtendEvery } from "./extend-every.ts";
import { storeUnavailable, unexpectedReply } from "./fault.ts";
import { type RedisStoreOptions, readStoreOptions, STORE_OPTIONS } from "./options.ts";
import { readCommand, readsTogether } from "./reads.ts";
import { flag, text } from "./replies.ts";
import { CREATE_INDEXED, evaluate } from "./script.ts";

export type { CacheOptions, RedisStoreOptions } from "./options.ts";

/** One Redis command. Every argument is text: a number in the wrong place would lose a key its expiry. */
export interface RedisCommand {
  /** The command's name and its arguments. */
  readonly args: readonly [string, ...string[]];
  /** The first key among them, by which a cluster client finds the node; none for `PING`. */
  readonly key: string | undefined;
  /** Whether what it changes may be lost in a failover without harm: the option `replicas` doesn't wait for it. */
  readonly passing?: boolean | undefined;
}

/** All that a Redis client has to do for {@link redisStore}. */
export interface RedisConnection {
  /**
   * Sends one command and gives its reply: text, an integer, or `null` for nil. Any error may be thrown; the
   * store takes from it what is safe to show.
   *
   * @param signal - aborts when nobody waits for the reply any more; a client that can't cancel ignores it
   */
  send(command: RedisCommand, signal: AbortSignal): Promise<unknown>;
  /**
   * Sends several commands as one request, for a client that would make one of each. Gives their replies in the same
   * order, an `Error` for one that went wrong.
   */
  readonly sendAll?:
    | ((commands: readonly RedisCommand[], signal: AbortSignal) => Promise<readonly unknown[]>)
    | undefined;
  /**
   * Runs work after the event loop's turn, such as a server's `setImmediate`: the reads of many requests gather until then and
   * leave together. Never on Workers, where no request may wait for another's. By default the reads of one tick leave together.
   */
  readonly afterTurn?: ((work: () => void) => unknown) | undefined;
  /** Whether the client itself writes after the turn: then the reads of one tick gather, so as not to wait for two. */
  readonly writesAfterTurn?: boolean | undefined;
  /** Whether all keys lie on one server, so that `MGET` may name any of them; not for a cluster. */
  readonly oneServer?: boolean | undefined;
  /**
   * Gets ready to send, where that takes long and says nothing of Redis, such as loading a client. It doesn't count
   * towards the time-out, and what it throws is thrown as it is.
   */
  open?(): Promise<unknown>;
  /**
   * Asks to be told of each key that someone else changes, from the first command on; of `null` where some may have been
   * missed. Only the option `cache` asks for it.
   */
  readonly watch?: ((changed: (key: string | null) => void) => void) | undefined;
  /** Closes what the adapter itself opened; what is sent afterwards opens it again. */
  close(): Promise<void>;
}

/** Sends one command through a store's connection and gives its reply. */
export interface SendCommand {
  (...args: RedisCommand["args"]): Promise<unknown>;
  /** The same, for what may be lost in a failover without harm. */
  passing(...args: RedisCommand["args"]): Promise<unknown>;
  /** Sends several as one request, each reply an `Error` where it went wrong; only where that saves requests. */
  readonly all?: ((commands: readonly RedisCommand["args"][]) => Promise<readonly unknown[]>) | undefined;
}

/** A store whose Redis can be asked for more than sessions. */
export interface RedisStore extends TokenStore {
  /**
   * Runs an operation within the store's time-out; whatever goes wrong in it is a `StoreUnavailableError`, and so is a
   * reply that the operation refuses by throwing.
   */
  run<T>(callOptions: StoreCallOptions | undefined, operation: (send: SendCommand) => Promise<T>): Promise<T>;
}

/**
 * A store over any Redis client that can send a command. All that the library knows of Redis is here.
 *
 * @example
 * ```ts
 * import { createClient } from "redis";
 * import { redisStore } from "redis-web-token/redis";
 *
 * const client = createClient();
 * const store = redisStore({
 *   send: ({ args }) => client.sendCommand(args),
 *   close: async () => {},
 * });
 * ```
 */
export function redisStore(connection: RedisConnection, options: RedisStoreOptions = {}): RedisStore {
  const { timeout, cache, extendEvery, breaker } = readStoreOptions(
    knownOptions("the store's options", options, STORE_OPTIONS),
  );
  const plain = plainStore(breaker ? withBreaker(connection, breaker) : connection, timeout);
  const sliding = extendEvery > 0 ? withExtendEvery(plain, extendEvery) : plain;
  return cache ? withCache(sliding, cache, connection.watch) : sliding;
}

function plainStore(connection: RedisConnection, timeout: number): RedisStore {
  const { sendAll } = connection;

  async function run<T>(
    callOptions: StoreCallOptions | undefined,
    operation: (send: SendCommand) => Promise<T>,
  ): Promise<T> {
    const caller = callOptions?.signal;
    if (connection.open !== undefined) await connection.open();
    try {
      return await withDeadline(timeout, caller, (signal) => {
        const sender =
          (passing?: true) =>
          async (...args: RedisCommand["args"]): Promise<unknown> =>
            connection.send({ args, key: keyOf(args), passing }, signal);
        const all: SendCommand["all"] =
          sendAll &&
          ((commands) =>
            sendAll(
              commands.map((args) => ({ args, key: keyOf(args) })),
              signal,
            ));
        return operation(Object.assign(sender(), { passing: sender(true), all }));
      });
    } catch (error) {
      if (caller?.aborted) throw caller.reason;
      throw storeUnavailable(error);
    }
  }

  const readSoon = readsTogether(run, connection);

  return {
    run,
    async create({ key, value, ttl, index }, callOptions) {
      const ex = seconds(ttl);
      return run(callOptions, async (send) => {
        if (index !== undefined) {
          const args = [value, ex, index.member, String(index.deadline), String(index.now)];
          return flag(await evaluate(send, CREATE_INDEXED, [key, index.key], args));
        }
        const reply = await send("SET", key, value, "EX", ex, "NX");
        if (reply === "OK") return true;
        if (reply !== null) throw unexpectedReply();
        // A client that retries after a lost reply meets its own first write here.
        return (await send("GET", key)) === value;
      });
    },
    async read(key, callOptions) {
      const slideTo = callOptions?.slideTo;
      const ex = slideTo === undefined ? undefined : seconds(slideTo);
      // One that its caller may end early goes alone.
      if (callOptions?.signal === undefined) return readSoon(key, ex);
      return run(callOptions, async (send) => text(await send(...readCommand(key, ex))));
    },
    async extend(key, ttl, callOptions) {
      const ex = seconds(ttl);
      return run(callOptions, async (send) => flag(await send("EXPIRE", key, ex)));
    },
    async remove(key, callOptions) {
      return run(callOptions, async (send) => flag(await send("DEL", key)));
    },
    async connect(callOptions) {
      return run(callOptions, async (send) => {
        // Any text: a client that decodes base64 makes something else of PONG.
        if (typeof (await send("PING")) !== "string") throw unexpectedReply();
      });
    },
    async disconnect() {
      await connection.close();
    },
  };
}

/** The first key of a command: a script's comes after its text and the number of its keys. */
const keyOf = (args: RedisCommand["args"]): string | undefined => args[args[0].startsWith("EVAL") ? 3 : 1];

/** The last guard of "no key without an expiry": Redis gets a whole, positive number or nothing at all. */
export const seconds = (ttl: number): string => String(wholeNumber("ttl", "seconds", ttl));
