import { query, scriptCall, TOUCHES } from "./command.ts";
import { placesOf, type ValueAt, valuesIn } from "./many.ts";
import { expire, type ReadOne } from "./read-one.ts";
import { whole } from "./replies.ts";
import type { Sender } from "./runner.ts";

/** Reads many sessions by one MGET, which names each key once. */
export async function readAll(reads: readonly ReadOne[], sender: Sender): Promise<ValueAt> {
  const places = placesOf(reads.map(({ keys }) => keys));
  return valuesIn(await sender.send(query("MGET", [...places.keys()])), places);
}

/**
 * Over TCP, one script slides all sessions, since an EXPIRE for each would cost the client as much as single calls. The MGET is sent
 * right behind it, without waiting for its reply.
 */
export async function slideByScript(reads: readonly ReadOne[], sender: Sender): Promise<ValueAt> {
  const times = timesOf(reads);
  const slid = sender.send(scriptCall("slide", [...times.keys()], [...times.values()], TOUCHES));
  const [valueAt] = await Promise.all([readAll(reads, sender), slid]);
  return valueAt;
}

/** Over HTTP, the EXPIREs and the MGET share a request. There is no script, since some servers lock the whole database for one. */
export async function slideInOneRequest(reads: readonly ReadOne[], sender: Sender): Promise<ValueAt> {
  const places = placesOf(reads.map(({ keys }) => keys));
  const expires = [...timesOf(reads)].map(([session, ex]) => expire(session, ex));
  const replies = whole(await sender.sendAll([...expires, query("MGET", [...places.keys()])]));
  return valuesIn(replies.at(-1), places);
}

/** Reads sessions at the primary by one script. */
export async function readAtPrimary(
  reads: readonly ReadOne[],
  sender: Pick<Sender, "send">,
): Promise<ValueAt> {
  const times = reads[0]?.ex === undefined ? [] : [...timesOf(reads).values()];
  const places = placesOf(reads.map(({ keys }) => keys));
  const call = scriptCall("fresh", [...places.keys()], times, TOUCHES);
  return valuesIn(await sender.send({ ...call, after: "" }), places);
}

/** The seconds to live for each session. */
const timesOf = (reads: readonly ReadOne[]): Map<string, string> =>
  new Map(reads.map(({ keys, ex = "" }) => [keys.session, ex]));
