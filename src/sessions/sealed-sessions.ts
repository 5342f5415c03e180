import type { Sealing } from "../encrypt/sealing.ts";
import { OptionTypeError } from "../errors.ts";
import type { ListedEntry, SessionStore } from "./store.ts";

/**
 * A person's sessions where their values are encrypted. What changes a value within Redis can't: scripts don't read it, and
 * it belongs to its one Redis key. Nor is a token rotated that isn't encrypted yet, whose data would stay so.
 */
export function sealedSessions(sessions: SessionStore, { seal, open }: Sealing): SessionStore {
  const refuse = (call: string) => async (): Promise<never> => {
    throw new OptionTypeError(
      "store",
      `${call} needs a store that isn't encrypted: destroy the token and sign a new one instead`,
    );
  };

  return {
    ...sessions,
    async createLimited(entry, limit, options) {
      const value = await seal(entry.key, entry.value);
      return sessions.createLimited({ ...entry, value }, limit, options);
    },
    async list(keys, request, options) {
      const page = await sessions.list(keys, request, options);
      const opened = await Promise.all(
        page.entries.map(async (entry): Promise<ListedEntry[]> => {
          const value = await open(`${keys.base}s:${entry.member}`, entry.value);
          return value === null ? [] : [{ ...entry, value }];
        }),
      );
      return { ...page, entries: opened.flat() };
    },
    update: refuse("update"),
    updateAll: refuse("updateAll"),
    rotate: refuse("rotate"),
  };
}
