import { Redis } from "ioredis";

const TIMEOUT_MS = 900;

/** A Redis reply in JSON's structure, with strings as bytes. */
export type Reply = null | number | Buffer | Reply[];

/** The result of one command. */
export type Outcome = { result: Reply } | { error: string };

export type Send = (command: string[]) => Promise<Outcome>;

/** Sends commands in one MULTI/EXEC. Returns an outcome for each, or a single error if the transaction was discarded. */
export type SendTransaction = (commands: string[][]) => Promise<Outcome[] | { error: string }>;

export interface RedisConnection {
  send: Send;
  sendTransaction: SendTransaction;
  close(): void;
}

/** Redis can't be reached or doesn't answer. It is unknown whether the command has run. */
export class RedisUnreachableError extends Error {}

/**
 * Connects on demand, so that the first command after a restart of Redis works.
 *
 * @param timeout - milliseconds until Redis counts as unreachable
 */
export function connectToRedis(url: string, timeout: number = TIMEOUT_MS): RedisConnection {
  const redis = new Redis(url, {
    protocol: 2,
    lazyConnect: true,
    retryStrategy: null,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    disableClientInfo: true,
    autoResendUnfulfilledCommands: false,
    connectTimeout: timeout,
  });
  // Each request reports its own failure. Without a listener, ioredis would print them too.
  redis.on("error", () => {});

  let connecting: Promise<void> | undefined;
  function connected(): Promise<void> {
    if (redis.status === "ready") return Promise.resolve();
    connecting ??= redis.connect().finally(() => {
      connecting = undefined;
    });
    return connecting;
  }

  /** Returns the reply, also if it is an error. Throws if there is no reply. */
  async function replyTo([name = "", ...args]: string[]): Promise<unknown> {
    try {
      // ioredis turns the replies of some commands into objects, but only if the command's name is in lower case.
      return await redis.callBuffer(name.toUpperCase(), args);
    } catch (error) {
      if (isErrorReply(error)) return error;
      throw error;
    }
  }

  async function send(command: string[]): Promise<Outcome> {
    await connected();
    return toOutcome(await replyTo(command));
  }

  async function sendTransaction(commands: string[][]): Promise<Outcome[] | { error: string }> {
    await connected();
    // All written in one tick to one connection, so that no other request's command comes in between.
    const replies = await Promise.all([["MULTI"], ...commands, ["EXEC"]].map(replyTo));
    const executed = replies.at(-1);
    if (Array.isArray(executed)) return executed.map(toOutcome);
    // Upstash returns the error of the command that couldn't be queued, not the resulting EXECABORT.
    return { error: replies.find(isErrorReply)?.message ?? "EXECABORT Transaction discarded." };
  }

  return {
    send: (command) => inTime(send(command), timeout),
    sendTransaction: (commands) => inTime(sendTransaction(commands), timeout),
    close: () => redis.disconnect(),
  };
}

function toOutcome(reply: unknown): Outcome {
  return isErrorReply(reply) ? { error: reply.message } : { result: toReply(reply) };
}

function isErrorReply(value: unknown): value is Error {
  return value instanceof Error && value.name === "ReplyError";
}

function toReply(value: unknown): Reply {
  if (Array.isArray(value)) return value.map(toReply);
  if (value === null || typeof value === "number" || Buffer.isBuffer(value)) return value;
  return Buffer.from(value instanceof Error ? value.message : String(value));
}

async function inTime<T>(work: Promise<T>, timeout: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), timeout);
  });
  try {
    return await Promise.race([work, tooLate]);
  } catch (cause) {
    throw new RedisUnreachableError("Redis is unreachable", { cause });
  } finally {
    clearTimeout(timer);
  }
}
