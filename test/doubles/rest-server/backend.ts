import type { Send, SendTransaction } from "./redis-connection.ts";

/** Runs the commands of one request. */
export interface Visit {
  readonly send: Send;
  readonly sendTransaction: SendTransaction;
  /** The value of `Upstash-Sync-Token` for the response: it names a state that has what the request has written and read. */
  token(): string | Promise<string>;
}

/**
 * Where a request's commands run.
 *
 * @param after - the request's own `Upstash-Sync-Token`: reads see at least that state
 */
export type Backend = (after: string | undefined) => Visit;
