import { toBase64Url } from "../lib/bytes.ts";
import type { NewSession, RedisExecutor, StoreCallOptions, TimedCallOptions } from "../store.ts";
import type { PersonKeys } from "../token/keys.ts";
import { command, query, scriptCall, TOUCHES, WRITES } from "./command.ts";
import { unexpectedReply } from "./faults.ts";
import { seconds } from "./replies.ts";
import { newSessionValue, tenDigits } from "./value.ts";

/** How many sessions a person may have, and which of the present ones count. */
export interface SignLimit {
  readonly max: number;
  /** Whether the oldest make room, rather than the sign being refused. */
  readonly endOldest: boolean;
  /** The names of the sessions that count, oldest first; none at the first attempt, when nobody knows them yet. */
  readonly counted?: readonly string[];
}

/** A member of a person's index. */
export interface IndexMember {
  /** The session's lookup. */
  readonly name: string;
  /** Unix seconds. */
  readonly deadline: number;
}

/** Members and scores by turns, as Redis replies them; RESP3 gives pairs. */
export function indexMembers(reply: unknown): IndexMember[] {
  if (!Array.isArray(reply)) throw unexpectedReply();
  const flat = reply.flat();
  return Array.from({ length: Math.ceil(flat.length / 2) }, (_, i) => {
    const deadline = Number(flat[2 * i + 1]);
    if (!Number.isFinite(deadline)) throw unexpectedReply();
    return { name: String(flat[2 * i]), deadline };
  });
}

/** What came of a sign: members of the index to look after, or to count, or that there is no room. */
export type SignReply =
  | { readonly status: "created"; readonly members: readonly string[] }
  | { readonly status: "full"; readonly members: readonly IndexMember[] }
  | { readonly status: "limit" };

/** Stores a session without a subject. A client that retries after a lost reply meets its own value, which is success. */
export async function signAnonymous(
  redis: RedisExecutor,
  { redis: { session }, issuedAt, ttl, facts, data }: NewSession,
  options: StoreCallOptions,
): Promise<void> {
  const value = newSessionValue(tenDigits(issuedAt), facts, data);
  const reply = await redis.run(
    command("SET", [session], [value, "EX", seconds(ttl), "NX"], WRITES),
    options,
  );
  if (reply === "OK") return;
  if (reply !== null || (await redis.run(query("GET", [session]), options)) !== value)
    throw unexpectedReply();
}

/** Stores a session of a person: session, person and index in one step. */
export async function signPerson(
  redis: RedisExecutor,
  person: PersonKeys,
  { redis: keys, issuedAt, deadline, ttl, facts, data, isSealed }: NewSession,
  { now, signal }: TimedCallOptions,
  limit?: SignLimit,
): Promise<SignReply> {
  const { max = 0, endOldest = false, counted = [] } = limit ?? {};
  const named = [person.session(keys.member), person.person, person.index];
  const args = [
    tenDigits(issuedAt),
    String(deadline),
    randomEpoch(),
    seconds(ttl),
    keys.member,
    `\n${facts}\n${data}`,
    isSealed ? "1" : "0",
    String(max),
    endOldest ? "1" : "0",
    String(now),
  ];
  const call = scriptCall("sign", [...named, ...counted.map(person.session)], [...args, ...counted]);
  const reply = await redis.run(call, { signal });
  const [status, members] = Array.isArray(reply) ? reply : [];
  if (status === "limit") return { status };
  if (status === "full") return { status, members: indexMembers(members) };
  if (status !== "created" || !Array.isArray(members)) throw unexpectedReply();
  return { status, members: members.map(String) };
}

/** 8 random bytes, which the scripts add to what stands in Redis. */
export const randomEpoch = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(8)));

/**
 * Drops members from a person's index whose sessions are gone or ended.
 *
 * @returns how many
 */
export async function cleanIndex(
  redis: RedisExecutor,
  keys: PersonKeys,
  members: readonly string[],
  options: StoreCallOptions,
): Promise<number> {
  if (members.length === 0) return 0;
  const named = [keys.person, keys.index, ...members.map(keys.session)];
  return Number(await redis.run(scriptCall("clean", named, members, TOUCHES), options));
}
