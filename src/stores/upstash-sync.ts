import { slotOf } from "../redis/by-slot.ts";
import type { RedisCommand } from "../redis/command.ts";
import type { ReplicaSync } from "../redis/connection.ts";

/** Keeps the sync tokens of a database's responses, so that its replicas wait for what this store has written. */
export interface SyncTokens extends ReplicaSync {
  /** The sync token that a request needs; `undefined` if it isn't known. */
  tokenFor(commands: readonly RedisCommand[]): string | undefined;
  /**
   * Call it before a request.
   *
   * @returns call it with the response's sync token
   */
  begin(commands: readonly RedisCommand[]): (token: string) => void;
}

/** How many slots are remembered. After that, every slot counts as written. */
const REMEMBERED = 10_000;

/**
 * Each response's sync token names a state of the primary. The tokens are opaque, so of two writes that overlap nobody knows which
 * token is the later one. Then none is known, until another write begins and ends without overlapping.
 *
 * @param database - its URL, since another database doesn't know this one's tokens
 */
export function createSyncTokens(database: string): SyncTokens {
  const prefix = `${hashOf(database)}:`;
  /** Hash tags of what this store has written. Other reads don't have to wait. */
  const written = new Set<string>();
  /** Names a state with everything that has been written so far; `undefined` if none is known. */
  let latest: string | undefined = "";
  /** The writes that have ended. */
  let ended = 0;

  return {
    mark: () => (latest ? prefix + latest : ""),

    waitFor(keys, mark) {
      const isOwn = written.size >= REMEMBERED || keys.some((key) => written.has(slotOf(key)));
      const own = isOwn ? latest : "";
      if (mark === undefined) return own;
      const token = mark.startsWith(prefix) ? mark.slice(prefix.length) : undefined;
      // A request has one token, and nobody knows which of two is the later one.
      return own === "" || own === token ? token : undefined;
    },

    tokenFor(commands) {
      const [first] = commands;
      if (first?.after !== undefined) return first.after;
      return commands.every(({ write }) => write) ? "" : latest;
    },

    begin(commands) {
      if (!commands.some(({ write }) => write)) return () => {};
      // The slides of a read are no change that another read has to see.
      const changes = commands.filter(({ write, after }) => write && after === undefined);
      const before = ended;
      return (token) => {
        const overlaps = ended !== before;
        if (changes.length > 0) ended++;
        for (const key of changes.flatMap(({ keys }) => keys)) {
          if (written.size < REMEMBERED) written.add(slotOf(key));
        }
        if (!overlaps || token === "") latest = token;
        else if (changes.length > 0) latest = undefined;
      };
    },
  };
}

/** FNV-1a: a mark shouldn't show the database's address. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}
