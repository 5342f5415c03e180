import { toBase64Url } from "../lib/bytes.ts";
import type { NewSession, RedisExecutor, StoreCallOptions, TimedCallOptions } from "../store.ts";
import type { PersonKeys } from "../token/keys.ts";
import { command, scriptCall, TOUCHES, WRITES } from "./command.ts";
import { unexpectedReply } from "./faults.ts";
import { newSessionValue, tenDigits } from "./value.ts";

/** How many sessions a person may have, and which of the present ones count. */
export interface SignLimit {
  readonly max: number;
  /** Whether the oldest make room, rather than the sign being refused. */
  readonly endOldest: boolean;
  /** The sessions that count, oldest first; none at the first attempt, when nobody knows them yet. */
  readonly counted?: readonly { readonly key: string; readonly member: string }[];
}

/** What came of a sign: members of the index to look after, or to count, or that there is no room. */
export type SignReply =
  | { readonly status: "created"; readonly members: readonly string[] }
  | { readonly status: "full"; readonly members: readonly string[] }
  | { readonly status: "limit" };

/** Stores a session without a subject. A client that retries after a lost reply meets its own value, which is success. */
export async function signAnonymous(
  redis: RedisExecutor,
  { redis: { session }, issuedAt, ttl, facts, data }: NewSession,
  options: StoreCallOptions,
): Promise<void> {
  const value = newSessionValue(tenDigits(issuedAt), facts, data);
  const reply = await redis.run(command("SET", [session], [value, "EX", String(ttl), "NX"], WRITES), options);
  if (reply === "OK") return;
  if (reply !== null || (await redis.run(command("GET", [session]), options)) !== value)
    throw unexpectedReply();
}

/** Stores a session of a person: session, person and index in one step. */
export async function signPerson(
  redis: RedisExecutor,
  { redis: keys, issuedAt, deadline, ttl, facts, data, isSealed }: NewSession,
  { now, signal }: TimedCallOptions,
  { max, endOldest, counted = [] }: SignLimit = { max: 0, endOldest: false },
): Promise<SignReply> {
  const named = [keys.session, keys.person as string, keys.index as string];
  const args = [
    tenDigits(issuedAt),
    String(deadline),
    newEpoch(),
    String(ttl),
    keys.member,
    `\n${facts}\n${data}`,
    isSealed ? "1" : "0",
    String(max),
    endOldest ? "1" : "0",
    String(now),
  ];
  const call = scriptCall(
    "sign",
    [...named, ...counted.map(({ key }) => key)],
    [...args, ...counted.map(({ member }) => member)],
  );
  const reply = await redis.run(call, { signal });
  const [status, members] = Array.isArray(reply) ? reply : [];
  if (status === "limit") return { status };
  if ((status === "created" || status === "full") && Array.isArray(members))
    return { status, members: members.map(String) };
  throw unexpectedReply();
}

/** An epoch that no person had before: 8 random bytes. */
export const newEpoch = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(8)));

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
