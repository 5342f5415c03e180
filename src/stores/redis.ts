import { knownOptions, wholeNumber } from "../lib/check.ts";
import { withDeadline } from "../lib/deadline.ts";
import type { StoreCallOptions, TokenStore } from "../store.ts";
import { type BreakerOptions, withBreaker } from "./breaker.ts";
import { storeUnavailable, unexpectedReply } from "./fault.ts";
import { CREATE_INDEXED, evaluate } from "./script.ts";

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
   * Gets ready to send, where that takes long and says nothing of Redis, such as loading a client. It doesn't count
   * towards the time-out, and what it throws is thrown as it is.
   */
  open?(): Promise<unknown>;
  /** Closes what the adapter itself opened; what is sent afterwards opens it again. */
  close(): Promise<void>;
}

/** Options of every Redis store. */
export interface RedisStoreOptions {
  /**
   * How long an operation may take, in milliseconds, connecting included; then it is a
   * `StoreUnavailableError`.
   * @default 2000
   */
  readonly timeout?: number | undefined;
  /**
   * Whether calls fail at once, with the reason `"breaker"`, while Redis can't be reached, rather than each after its
   * time-out.
   * @default none
   */
  readonly breaker?: BreakerOptions | undefined;
}

/** Sends one command through a store's connection and gives its reply. */
export interface SendCommand {
  (...args: RedisCommand["args"]): Promise<unknown>;
  /** The same, for what may be lost in a failover without harm. */
  passing(...args: RedisCommand["args"]): Promise<unknown>;
}

/** A store whose Redis can be asked for more than sessions. */
export interface RedisStore extends TokenStore {
  /**
   * Runs an operation within the store's time-out; whatever goes wrong in it is a `StoreUnavailableError`, and so is a
   * reply that the operation refuses by throwing.
   */
  run<T>(callOptions: StoreCallOptions | undefined, operation: (send: SendCommand) => Promise<T>): Promise<T>;
}

/** The longest delay that `setTimeout` takes, in milliseconds; a longer one fires at once. */
const MAX_TIMEOUT = 0x7fff_ffff;

/** Checks the options of a Redis store. */
export function readTimeout(options: RedisStoreOptions): number {
  const { timeout = 2000 } = knownOptions("the store's options", options, ["timeout", "breaker"]);
  return wholeNumber("timeout", "milliseconds", timeout, MAX_TIMEOUT);
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
export function redisStore(client: RedisConnection, options: RedisStoreOptions = {}): RedisStore {
  const timeout = readTimeout(options);
  const connection = withBreaker(client, options.breaker);

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
        return operation(Object.assign(sender(), { passing: sender(true) }));
      });
    } catch (error) {
      if (caller?.aborted) throw caller.reason;
      throw storeUnavailable(error);
    }
  }

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
      if (slideTo === undefined) return run(callOptions, async (send) => text(await send("GET", key)));
      const ex = seconds(slideTo);
      return run(callOptions, async (send) => text(await send("GETEX", key, "EX", ex)));
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

export function text(reply: unknown): string | null {
  if (reply === null || typeof reply === "string") return reply;
  throw unexpectedReply();
}

export function flag(reply: unknown): boolean {
  // As text from a client that is set to give numbers as texts.
  if (reply === 0 || reply === "0") return false;
  if (reply === 1 || reply === "1") return true;
  throw unexpectedReply();
}
