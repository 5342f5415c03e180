import { toBase64Url } from "../lib/bytes.ts";
import type { ServiceParts } from "../parts.ts";
import { createPublicIds } from "../sessions/public-id.ts";
import { createRing } from "../token/key-ring.ts";
import { looksLikeToken, type OpenedToken, openToken } from "../token/token.ts";
import type { RejectionReason } from "./types.ts";

/** What can be told of a token without asking anyone. */
export interface SessionNames {
  /** The public id of a token's session; `undefined` where the token isn't genuine. */
  nameOf(token: unknown): Promise<string | undefined>;
  /** Why a token opened nothing, and what it would have opened. */
  rejectionOf(token: unknown): Promise<Rejection>;
}

export interface Rejection {
  readonly reason: RejectionReason;
  readonly session: string | undefined;
}

interface Known {
  readonly id: string;
  readonly deadline: number;
}

/** How many sessions' names are kept; they never change, over rotations neither. */
const KEPT = 20_000;

export function createSessionNames({ settings, ring, open }: ServiceParts): SessionNames {
  const publicIds = createRing(settings.secrets, createPublicIds);
  /** By lookup, which owns its characters, unlike a token that was cut out of a header. */
  const kept = new Map<string, string>();

  async function named(
    lookup: string,
    { keys, deadline }: Pick<OpenedToken, "keys" | "deadline">,
  ): Promise<Known | undefined> {
    let id = kept.get(lookup);
    if (id === undefined) {
      id = await (await publicIds())[(await ring()).indexOf(keys)]?.idOf(lookup);
      if (id === undefined) return undefined;
      if (kept.size >= KEPT) kept.clear();
      kept.set(lookup, id);
    }
    return { id, deadline };
  }

  async function know(token: unknown): Promise<Known | undefined> {
    // The service's own memo first; it doesn't have tokens past their deadline.
    const opened = await open(token);
    if (opened !== null) return named(opened.redis.member, opened);
    const over = await openToken(await ring(), token);
    return over === null ? undefined : named(toBase64Url(over.lookup), over);
  }

  return {
    nameOf: async (token) => (await know(token))?.id,
    async rejectionOf(token) {
      if (token === undefined || token === null) return { reason: "missing", session: undefined };
      const known = await know(token);
      if (known === undefined)
        return { reason: looksLikeToken(token) ? "forged" : "malformed", session: undefined };
      const isOver = known.deadline - settings.now() < 1;
      return { reason: isOver ? "past_deadline" : "unknown", session: known.id };
    },
  };
}
