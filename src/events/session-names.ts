import { createKeyRing, createRing } from "../key-ring.ts";
import type { Bytes } from "../lib/bytes.ts";
import type { Clock } from "../lib/clock.ts";
import { createPublicIds, type PublicIds } from "../sessions/public-id.ts";
import { looksLikeToken, ownerOf } from "../token.ts";
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

/** How many genuine tokens are kept with their names, which never change. */
const KEPT = 20_000;

export function createSessionNames(secrets: readonly Bytes[], now: Clock): SessionNames {
  const ring = createKeyRing(secrets);
  const publicIds = createRing(secrets, createPublicIds);
  const kept = new Map<string, Known>();

  async function know(token: unknown): Promise<Known | undefined> {
    if (!looksLikeToken(token)) return undefined;
    const before = kept.get(token);
    if (before !== undefined) return before;
    const ids = await publicIds();
    const owner = await ownerOf(await ring(), token);
    if (owner === undefined) return undefined;
    const { lookup, deadline } = owner.opened;
    const known = { id: await (ids[owner.at] as PublicIds).idOf(lookup), deadline };
    if (kept.size >= KEPT) kept.clear();
    kept.set(token, known);
    return known;
  }

  return {
    nameOf: async (token) => (await know(token))?.id,
    async rejectionOf(token) {
      if (token === undefined || token === null) return { reason: "missing", session: undefined };
      const known = await know(token);
      if (known === undefined)
        return { reason: looksLikeToken(token) ? "forged" : "malformed", session: undefined };
      const isOver = known.deadline - Math.floor(now()) < 1;
      return { reason: isOver ? "past_deadline" : "unknown", session: known.id };
    },
  };
}
