import type { ServiceParts } from "../parts.ts";
import { contentsOf } from "../redis/value.ts";
import type { Session } from "../session.ts";
import type { ReadKeys } from "../store.ts";
import { type Facts, openLine, parseFacts, parseLine, readAuth } from "../token/facts.ts";
import type { Opened } from "../token/memo.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Found, Sink } from "./followed.ts";
import type { EndReason, SessionEnd } from "./types.ts";

/** What a sink needs from its watch. */
export interface SinkOptions {
  readonly parts: ServiceParts;
  readonly opened: Opened;
  readonly queue: EventQueue<unknown>;
  readonly isOver: () => boolean;
  /** A signal that aborts when the watch is over, so that nothing opens a connection again after `disconnect`. */
  readonly untilOver: () => AbortSignal;
  readonly finish: (end: SessionEnd | null) => void;
  /** Looks at the session again after a pause. */
  readonly retry: () => void;
}

/** Turns the looks at a session into the events of one watch, one look after another. */
export function createSink({ parts, opened, queue, isOver, untilOver, finish, retry }: SinkOptions): Sink {
  /** The look that comes next. An older one that nobody handled yet is dropped. */
  let next: Found | undefined;
  let isBusy = false;
  let reason: EndReason | undefined;
  let isJudged = false;
  /** Whether Redis answered the last look. */
  let isKnown = true;
  /** Which data was told last. */
  let told: string | undefined;

  async function run(): Promise<void> {
    isBusy = true;
    while (next !== undefined && !isOver()) {
      const found = next;
      next = undefined;
      await handle(found).catch(retry);
    }
    isBusy = false;
    if (reason !== undefined) finish({ reason });
  }

  async function handle(found: Found): Promise<void> {
    if (!isJudged && !(await isLive(found))) return;
    isJudged = true;
    const version = versionOf(found, opened.redis);
    if (version === undefined) return;
    if (version === told) return queue.connection(true);
    // A watch that nobody iterates needs the data only for the schema.
    const session = await read(found);
    if (session === undefined) return;
    if (session === null) return finish({ reason: "mismatch" });
    queue.connection(isKnown);
    queue.data({ type: told === undefined ? "live" : "changed", session });
    if (queue.isRead) told = version;
  }

  /** Judges the token's generation, once, as `verify` does: presenting a rotated token is a use of it. */
  async function isLive({ headers: { session } }: Found): Promise<boolean> {
    if (session.isUsed && session.generation === opened.generation) return true;
    const { store, now } = parts.settings;
    // What a cache holds may be from before the rotation, and nothing judges the token again.
    const fresh = opened.generation < session.generation;
    const found = await store.check(opened, { now: now(), fresh, signal: untilOver() });
    if (found?.isLive) return true;
    if (found !== null) {
      const at = { key: opened.redis.session, number: 2, issuedAt: Number(found.iat) } as const;
      const facts = await factsAt(at, found.facts).catch(() => null);
      parts.tell({ type: "token_reuse", subject: facts?.subject });
    }
    finish({ reason: found === null ? "not_live" : "reuse" });
    return false;
  }

  const factsAt = async (at: Parameters<typeof openLine>[1], line: string): Promise<Facts | null> =>
    parseFacts(await openLine(parts.lines, at, line));

  /** @returns `null` if `verify` answers `null`; `undefined` if it throws, such as without the key: a later look tries again */
  async function read({ snapshot, headers }: Found): Promise<Session | null | undefined> {
    try {
      const {
        iat,
        facts: line,
        data: dataLine,
        dataAt,
        auth: authLine,
      } = contentsOf(snapshot, headers, opened.redis);
      const issuedAt = Number(iat);
      const key = opened.redis.session;
      const facts = await factsAt({ key, number: 2, issuedAt }, line);
      const data = parseLine(await openLine(parts.lines, dataAt, dataLine));
      const auth = await readAuth(parts.lines, key, authLine);
      if (facts === null || data === undefined || auth === null) return null;
      const { deadline, expire } = opened;
      return await parts.fitting({ data, ...facts, auth, issuedAt, deadline, expire }, parts.tell);
    } catch {
      return undefined;
    }
  }

  return {
    found(found) {
      isKnown = true;
      next = found;
      if (!isBusy) void run();
    },
    ended(why) {
      reason = why;
      // While the token is judged, its reuse may be the reason. Nothing else delays an end, such as a schema that takes long.
      if (isJudged || !isBusy) finish({ reason });
    },
    unknown() {
      isKnown = false;
      next = undefined;
      queue.connection(false);
    },
    stopped: () => finish(null),
  };
}

/**
 * Changes with each change of the data, or of `auth`: the revision, the person's serial if its data is newer, and line 4. `undefined`
 * for a value without its lines, which is no answer.
 */
function versionOf({ headers, snapshot }: Found, keys: ReadKeys): string | undefined {
  const { session, person } = headers;
  const isBehind = person !== undefined && person.serial > session.serial;
  try {
    return [session.revision, isBehind && person.serial, contentsOf(snapshot, headers, keys).auth].join(" ");
  } catch {
    return undefined;
  }
}
