import type { Rwt } from "redis-web-token";
import { serviceOver, signerOf, storeOn } from "./ours.ts";
import { type Settings, signMany } from "./stage.ts";
import type { Turn } from "./stats.ts";
import type { User } from "./user.ts";

/**
 * Verifies each token once. Another service signs them outside of the measured time. One service verifies in all turns, as on a
 * server.
 */
export function unmemoized(
  rwt: Rwt<User>,
  subjects: boolean,
  redisUrl: string,
  { roundMs }: Settings,
): () => Promise<Turn> {
  // More than any client can verify in one turn.
  const most = Math.ceil(roundMs * 40);
  const unseen: string[] = [];
  return async () => {
    const { store, close } = await storeOn("ioredis", redisUrl);
    const sign = signerOf(serviceOver(store), subjects);
    const signed = await signMany({ sign }, most - unseen.length);
    unseen.push(...signed.map(asFromTheWire));
    await close();
    return { work: () => rwt.verify(unseen.pop()), most };
  };
}

/** A flat string, as a header has it: V8 stores a concatenated string as a tree of its parts, which verify would have to join. */
const asFromTheWire = (token: string): string => Buffer.from(token).toString("latin1");
