import type { ReadKeys, Snapshot } from "../store.ts";
import { command, query, type RedisCommand, TOUCHES } from "./command.ts";
import { isWrongType, unexpectedReply } from "./faults.ts";
import { text, whole } from "./replies.ts";
import type { Sender } from "./runner.ts";
import { agree } from "./value.ts";

/** What to read. */
export interface ReadOne {
  readonly keys: ReadKeys;
  /** The seconds to live that it sets; `undefined` if it doesn't slide. */
  readonly ex: string | undefined;
}

export const expire = (key: string, ex: string): RedisCommand => command("EXPIRE", [key], [ex], TOUCHES);

/** Reads one session: by one command, or two in one round trip if it slides and has a person. */
export async function together(
  sender: Sender,
  { keys: { session, person }, ex }: ReadOne,
): Promise<Snapshot> {
  if (person === undefined) {
    const get = ex === undefined ? query("GET", [session]) : command("GETEX", [session], ["EX", ex], TOUCHES);
    return { session: await value(sender.send(get)) };
  }
  const mget = query("MGET", [session, person]);
  if (ex === undefined) return pairOf(await sender.send(mget));
  return pairOf(whole(await sender.sendAll([expire(session, ex), mget])).at(-1));
}

/** A key's value. MGET replies nil for a key of another type, so GET's WRONGTYPE means the same. */
async function value(reply: Promise<unknown>): Promise<string | null> {
  try {
    return text(await reply);
  } catch (error) {
    if (isWrongType(error)) return null;
    throw error;
  }
}

const nilIfWrongType = (reply: unknown): unknown =>
  reply instanceof Error && isWrongType(reply) ? null : reply;

function pairOf(reply: unknown): Snapshot {
  if (!Array.isArray(reply) || reply.length !== 2) throw unexpectedReply();
  return { session: text(reply[0]), person: text(reply[1]) };
}

/** How often a person that changes during the read is read again, before MGET is used. */
const ATTEMPTS = 3;

/**
 * Reads key by key, for a cluster: while a slot is moving, `MGET` gets TRYAGAIN, and `GET` doesn't. A session and a person that
 * don't agree may have been read at different moments, so both are read again. If the person is the same before and after its
 * session, it didn't change in between, since epochs never come back.
 */
export async function apart(sender: Sender, { keys, ex }: ReadOne): Promise<Snapshot> {
  const { session, person = "" } = keys;
  const get = (key: string): Promise<string | null> => value(sender.send(query("GET", [key])));
  const gets = [query("GET", [person]), query("GET", [session])];
  const replies = await sender.sendAll(ex === undefined ? gets : [expire(session, ex), ...gets]);
  let [owner = null, found = null] = whole(replies.map(nilIfWrongType)).slice(-2).map(text);
  // A session's key that is gone never comes back.
  if (found === null || agree({ session: found, person: owner }, true) !== null)
    return { session: found, person: owner };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    found = await get(session);
    const again = await get(person);
    if (found === null || again === owner) return { session: found, person: again };
    owner = again;
  }
  return pairOf(await sender.send(query("MGET", [session, person])));
}
