import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Framework, Kind } from "../lib/peer.ts";

/** The number of sessions among a route's requests. Not more, since autocannon prepares each request for each connection. */
export const SESSIONS = 200;

/** What a route's process reports once it listens. */
export interface Started {
  readonly name: string;
  readonly kind: Kind;
  readonly url: string;
  /** The headers of each session's requests. */
  readonly headers: readonly Readonly<Record<string, string>>[];
}

export interface RouteProcess extends Started {
  /** Microseconds of CPU that the process has used so far, in all threads. */
  cpu(): Promise<number>;
  close(): void;
}

/**
 * Starts a process with one route, as in an application, so that routes don't share compiled code.
 *
 * @returns `null` if the peer has no route
 */
export async function startRoute(
  framework: Framework,
  number: number,
  redisUrl: string,
): Promise<RouteProcess | null> {
  const child = fork(join(import.meta.dirname, "server.ts"), [framework, String(number), redisUrl]);
  const started = (await next(child)) as Started | null;
  if (started === null) {
    child.disconnect();
    return null;
  }
  return {
    ...started,
    async cpu() {
      const answer = next(child);
      child.send("cpu");
      return (await answer) as number;
    },
    close: () => child.disconnect(),
  };
}

async function next(child: ChildProcess): Promise<unknown> {
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`a route's process ended with ${code}`);
  });
  const [message] = await Promise.race([once(child, "message"), ended]);
  return message;
}
