import { toBase64Url } from "../lib/bytes.ts";
import type { ServiceParts } from "../parts.ts";
import { createPublicIds } from "../sessions/public-id.ts";
import { createRing } from "../token/key-ring.ts";
import { looksLikeToken, type OpenedToken, openToken } from "../token/token.ts";
import type { RejectionReason } from "./types.ts";

/** What a token tells without a round trip. */
export interface SessionNames {
  /** The public id of a token's session; `undefined` if the token isn't genuine. */
  nameOf(token: unknown): Promise<string | undefined>;
  /** Why a token opened no session, and which session it belongs to. */
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

/** How many ids are memoized. A session's id never changes, not even by a rotation. */
const KEPT = 20_000;

export function createSessionNames({ settings, ring, open }: ServiceParts): SessionNames {
  const publicIds = createRing(settings.secrets, createPublicIds);
  /** By lookup, not by token: a token that was cut out of a header would keep the whole header in memory. */
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
    // The service's own memo first. It doesn't open tokens past their deadline, so those are opened here.
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
