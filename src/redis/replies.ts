import { wholeNumber } from "../lib/check.ts";
import { storeFailure, unexpectedReply } from "./faults.ts";

/** Checks that a reply is text or nil. */
export function text(reply: unknown): string | null {
  if (reply === null || typeof reply === "string") return reply;
  throw unexpectedReply();
}

/** Reads a reply that is 0 or 1. */
export function flag(reply: unknown): boolean {
  // A client may be configured to return numbers as text.
  if (reply === 0 || reply === "0") return false;
  if (reply === 1 || reply === "1") return true;
  throw unexpectedReply();
}

/** Reads a reply that is a number of keys. */
export function count(reply: unknown): number {
  const number = typeof reply === "string" ? Number(reply) : reply;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0) return number;
  throw unexpectedReply();
}

/** Reads a reply that is one of a script's known words or numbers. */
export function word<Word extends string>(reply: unknown, known: readonly Word[]): Word {
  const found = known.find((each) => each === (typeof reply === "number" ? String(reply) : reply));
  if (found === undefined) throw unexpectedReply();
  return found;
}

/** Throws if one of several replies is an error. */
export function whole(replies: readonly unknown[]): readonly unknown[] {
  for (const reply of replies) if (reply instanceof Error) throw storeFailure(reply);
  return replies;
}

/** The last guard against keys without an expiry: only a whole, positive number is sent to Redis. */
export const seconds = (ttl: number): string => String(wholeNumber("ttl", "seconds", ttl));
