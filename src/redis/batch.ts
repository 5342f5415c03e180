import type { Schedule } from "./connection.ts";

/** How requests are gathered and sent. */
export interface BatchOptions<Request> {
  /** Schedules the dispatch. */
  readonly schedule: Schedule;
  /** Returns the chunk size for a batch of `size` requests. */
  readonly chunkOf: (size: number) => number;
  /** Schedules each further chunk. By default it is sent immediately. */
  readonly between?: Schedule | undefined;
  /** Sends one or more requests. */
  readonly dispatch: (requests: readonly Request[]) => void;
}

/**
 * Gathers requests and sends them in chunks. Requests that arrive before the dispatch join the batch. A request never joins a batch
 * that has been sent, since the reply could be older than the request.
 */
export function createBatch<Request>({
  schedule,
  chunkOf,
  between = (work) => work(),
  dispatch,
}: BatchOptions<Request>): (request: Request) => void {
  let gathered: Request[] = [];

  function send(requests: readonly Request[], chunk: number): void {
    dispatch(requests.length > chunk ? requests.slice(0, chunk) : requests);
    if (requests.length > chunk) between(() => send(requests.slice(chunk), chunk));
  }

  return (request) => {
    gathered.push(request);
    if (gathered.length > 1) return;
    schedule(() => {
      const requests = gathered;
      gathered = [];
      send(requests, chunkOf(requests.length));
    });
  };
}

/**
 * Runs work after `count` microtasks, so that a token that still has to be hashed joins the batch of those that are memoized.
 * Microtasks belong to one tick, and on a Worker to one request, so that no request waits for another's I/O.
 */
export const afterMicrotasks =
  (count: number): Schedule =>
  async (work) => {
    for (let i = 0; i < count; i++) await undefined;
    work();
  };
