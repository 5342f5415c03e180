import type { Schedule } from "./connection.ts";

/** How requests are gathered and sent. */
export interface BatchOptions<Request> {
  /** Calls back once what comes in at the same time has come in. */
  readonly gather: Schedule;
  /** How many of so many requests are sent at once; the others follow in chunks of that size. */
  readonly chunkOf: (size: number) => number;
  /** Parts two chunks. By default they are sent one right after the other. */
  readonly between?: Schedule | undefined;
  /** Sends some requests, at least one. */
  readonly dispatch: (requests: readonly Request[]) => void;
}

/**
 * Gathers requests and sends them in chunks. None joins a batch that has been sent: its answer could be older than the question.
 */
export function createBatch<Request>({
  gather,
  chunkOf,
  between = (work) => work(),
  dispatch,
}: BatchOptions<Request>): (request: Request) => void {
  let gathered: Request[] = [];

  function send(requests: readonly Request[], chunk: number): void {
    dispatch(requests.slice(0, chunk));
    if (requests.length > chunk) between(() => send(requests.slice(chunk), chunk));
  }

  return (request) => {
    gathered.push(request);
    if (gathered.length > 1) return;
    gather(() => {
      const requests = gathered;
      gathered = [];
      send(requests, chunkOf(requests.length));
    });
  };
}

/**
 * Waits for some microtasks, so that a token that still has to be hashed joins the batch of those that are memoized. They belong to
 * one tick, and on a Worker to one request: no request waits for another's I/O.
 */
export const afterMicrotasks =
  (count: number): Schedule =>
  async (work) => {
    for (let i = 0; i < count; i++) await undefined;
    work();
  };
