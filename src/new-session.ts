import { toBase64Url } from "./lib/bytes.ts";
import { command, scriptCall, TOUCHES, WRITES } from "./redis/command.ts";
import type { StoreCallOptions, TokenStore } from "./store.ts";
import type { PersonKeys, SessionKeys } from "./token/keys.ts";
import { newSessionValue, noAnswer, tenDigits } from "./token/value.ts";

/** A session that is about to be stored. */
export interface NewSession {
  readonly redis: SessionKeys;
  /** The name under which the person's index has it. */
  readonly member: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  /** Unix seconds. */
  readonly deadline: number;
  /** Seconds to live. */
  readonly ttl: number;
  /** Lines 2 and 3, each with the newline before it. */
  readonly body: string;
  /** Whether these lines are encrypted. */
  readonly isSealed: boolean;
}

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
export async function storeAnonymous(
  store: TokenStore,
  { redis, issuedAt, ttl, body }: NewSession,
  options: StoreCallOptions,
): Promise<void> {
  const value = newSessionValue(tenDigits(issuedAt), body);
  const reply = await store.run(
    command("SET", [redis.session], [value, "EX", String(ttl), "NX"], WRITES),
    options,
  );
  if (reply === "OK") return;
  if (reply !== null || (await store.run(command("GET", [redis.session]), options)) !== value)
    throw noAnswer();
}

/** Stores a session of a person: session, person and index in one step. */
export async function storeOfPerson(
  store: TokenStore,
  session: NewSession,
  now: number,
  options: StoreCallOptions,
  limit: SignLimit = { max: 0, endOldest: false },
): Promise<SignReply> {
  const { redis, issuedAt, deadline, ttl, member, body, isSealed } = session;
  const counted = limit.counted ?? [];
  const reply = await store.run(
    scriptCall(
      "sign",
      [redis.session, redis.person as string, redis.index as string, ...counted.map(({ key }) => key)],
      [
        tenDigits(issuedAt),
        String(deadline),
        newEpoch(),
        String(ttl),
        member,
        body,
        isSealed ? "1" : "0",
        String(limit.max),
        limit.endOldest ? "1" : "0",
        String(now),
        ...counted.map((each) => each.member),
      ],
    ),
    options,
  );
  const [status, members] = Array.isArray(reply) ? reply : [];
  if (status === "limit") return { status };
  if ((status === "created" || status === "full") && Array.isArray(members))
    return { status, members: members.map(String) };
  throw noAnswer();
}

/** An epoch that no person had before: 8 random bytes. */
export const newEpoch = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(8)));

/** Drops members from a person's index whose sessions are gone or ended. */
export async function cleanIndex(
  store: TokenStore,
  keys: PersonKeys,
  members: readonly string[],
  options: StoreCallOptions,
): Promise<number> {
  if (members.length === 0) return 0;
  const redisKeys = [keys.person, keys.index, ...members.map(keys.session)];
  return Number(await store.run(scriptCall("clean", redisKeys, members, TOUCHES), options));
}
