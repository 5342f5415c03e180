import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Kind, Route } from "../lib/peer.ts";

/** Different sessions among a route's requests: autocannon prepares each of them for each connection. */
export const SESSIONS = 200;

/** What a route's process tells once it listens. */
export interface Started {
  readonly name: string;
  readonly kind: Kind;
  readonly framework: Route["framework"];
  readonly url: string;
  /** Of a request of each session. */
  readonly headers: readonly Readonly<Record<string, string>>[];
}

export interface RouteProcess extends Started {
  /** Microseconds of CPU that it has used so far, all threads together. */
  cpu(): Promise<number>;
  close(): void;
}

/**
 * Starts a process with the route of that number, as an application has one; none shares its compiled code with another.
 *
 * @returns `null` where the peer has no route
 */
export async function startRoute(number: number, redisUrl: string): Promise<RouteProcess | null> {
  const child = fork(join(import.meta.dirname, "server.ts"), [String(number), redisUrl]);
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
