import { wholeNumber } from "../lib/check.ts";
import { storeFailure, unexpectedReply } from "./faults.ts";

/** A reply that is text or nil; anything else is no answer. */
export function text(reply: unknown): string | null {
  if (reply === null || typeof reply === "string") return reply;
  throw unexpectedReply();
}

/** A reply that is 0 or 1. */
export function flag(reply: unknown): boolean {
  // As text from a client that is set to give numbers as texts.
  if (reply === 0 || reply === "0") return false;
  if (reply === 1 || reply === "1") return true;
  throw unexpectedReply();
}

/** A reply that is one of a script's own words, or numbers. */
export function word<Word extends string>(reply: unknown, known: readonly Word[]): Word {
  const found = known.find((each) => each === (typeof reply === "number" ? String(reply) : reply));
  if (found === undefined) throw unexpectedReply();
  return found;
}

/** Several replies of one round trip, of which none failed. */
export function whole(replies: readonly unknown[]): readonly unknown[] {
  for (const reply of replies) if (reply instanceof Error) throw storeFailure(reply);
  return replies;
}

/** The last guard of "no key without an expiry": Redis gets a whole, positive number or nothing at all. */
export const seconds = (ttl: number): string => String(wholeNumber("ttl", "seconds", ttl));
