import type { ReadKeys, Snapshot } from "../store.ts";
import { unexpectedReply } from "./faults.ts";
import { text } from "./replies.ts";

/** The most sessions in one command or request, so that no command blocks Redis for long, and no reply is large. */
export const MOST = 128;

/** Returns the value that was read for a key. */
export type ValueAt = (key: string) => unknown;

/** The distinct keys of several sessions, sessions first, with their positions in the reply of an MGET. */
export function placesOf(all: readonly ReadKeys[]): Map<string, number> {
  const places = new Map<string, number>();
  const add = (key: string | undefined): void => {
    if (key !== undefined && !places.has(key)) places.set(key, places.size);
  };
  for (const { session } of all) add(session);
  for (const { person } of all) add(person);
  return places;
}

/** Reads the reply of an MGET. */
export function valuesIn(reply: unknown, places: ReadonlyMap<string, number>): ValueAt {
  if (!Array.isArray(reply) || reply.length !== places.size) throw unexpectedReply();
  return (key) => reply[places.get(key) ?? -1];
}

export function snapshotOf({ session, person }: ReadKeys, valueAt: ValueAt): Snapshot {
  const value = text(valueAt(session));
  return person === undefined ? { session: value } : { session: value, person: text(valueAt(person)) };
}

/** Cuts a list into chunks. */
export const chunksOf = <Item>(all: readonly Item[], size: number): (readonly Item[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
