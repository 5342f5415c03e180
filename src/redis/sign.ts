import { SessionLimitError, StoreUnavailableError } from "../errors.ts";
import { toBase64Url } from "../lib/bytes.ts";
import { randomBytes } from "../lib/random.ts";
import type { CreateOptions, NewSession, RedisExecutor, StoreCallOptions } from "../store.ts";
import type { PersonKeys } from "../token/keys.ts";
import { command, scriptCall, TOUCHES, WRITES } from "./command.ts";
import { unexpectedReply } from "./faults.ts";
import { seconds } from "./replies.ts";
import { furtherLines, newSessionValue, tenDigits } from "./value.ts";

/** A member of a person's index. */
export interface IndexMember {
  /** The session's lookup. */
  readonly name: string;
  /** Unix seconds. */
  readonly deadline: number;
}

/** Reads a reply of alternating members and scores. In RESP3 they are pairs. */
export function indexMembers(reply: unknown): IndexMember[] {
  if (!Array.isArray(reply)) throw unexpectedReply();
  const flat = reply.flat();
  return Array.from({ length: Math.ceil(flat.length / 2) }, (_, i) => {
    const deadline = Number(flat[2 * i + 1]);
    if (!Number.isFinite(deadline)) throw unexpectedReply();
    return { name: String(flat[2 * i]), deadline };
  });
}

/** What a sign knows about a person's index: nothing at its first attempt. */
interface Members {
  /** All members that an earlier attempt returned. The script answers `full` if there are others. */
  readonly known: readonly IndexMember[];
  /** The members whose sessions count against the limit, oldest first. */
  readonly counted: readonly IndexMember[];
}

/** How often a sign is tried while others sign the same person in at the same time. */
const ATTEMPTS = 100;

/** The result of an attempt: members of the index to clean, members to count, or no room. */
type SignReply =
  | { readonly status: "taken" }
  | { readonly status: "created"; readonly members: readonly string[] }
  | { readonly status: "full"; readonly members: readonly IndexMember[] }
  | { readonly status: "limit" };

/** Runs the commands of a sign. */
type Runner = Pick<RedisExecutor, "run" | "read">;

/** Stores a session without a subject. A client that retries after a lost reply finds its own value, which is a success. */
export async function signAnonymous(
  redis: Runner,
  created: NewSession,
  options: StoreCallOptions,
): Promise<boolean> {
  const { session } = created.redis;
  const value = newSessionValue(created);
  const reply = await redis.run(
    command("SET", [session], [value, "EX", seconds(created.ttl), "NX"], WRITES),
    options,
  );
  if (reply === "OK") return true;
  if (reply !== null) throw unexpectedReply();
  // At the primary, since a replica may not have the value yet.
  return (await redis.read({ session }, { signal: options.signal, fresh: true })).session === value;
}

/**
 * Stores a session of a person: session, person and index in one step.
 *
 * @returns index members for {@link cleanIndex}
 * @throws SessionLimitError if the person has too many sessions and the oldest must not make room
 */
export async function signPerson(
  redis: Runner,
  person: PersonKeys,
  session: NewSession,
  options: CreateOptions,
  isGivenUp: (member: string) => boolean,
): Promise<readonly string[] | null> {
  const { now, uncounted = [] } = options;
  const spared = new Set([session.redis.member, ...uncounted]);
  let reply = await signOnce(redis, person, session, options, { known: [], counted: [] });
  for (let attempt = 1; reply.status === "full" && attempt < ATTEMPTS; attempt++) {
    // Choose the sessions that count. One past its deadline doesn't, although its key may exist for another fraction of a second.
    const known = reply.members;
    const counted = known.filter(
      ({ name, deadline }) => !spared.has(name) && !isGivenUp(name) && deadline - now >= 1,
    );
    reply = await signOnce(redis, person, session, options, { known, counted });
  }
  if (reply.status === "limit")
    throw new SessionLimitError(`the person already has ${options.limit?.max} sessions: end one first`);
  if (reply.status === "full") {
    const message = `others signed the person in at the same time ${ATTEMPTS} times in a row: retry`;
    throw new StoreUnavailableError("server", message);
  }
  return reply.status === "taken" ? null : reply.members;
}

async function signOnce(
  redis: Runner,
  person: PersonKeys,
  session: NewSession,
  { now, signal, limit }: CreateOptions,
  { known, counted }: Members,
): Promise<SignReply> {
  const { redis: keys, issuedAt, deadline, ttl, isSealed } = session;
  const counts = counted.map(({ name }) => name);
  const named = [person.session(keys.member), person.person, person.index];
  const args = [
    tenDigits(issuedAt),
    String(deadline),
    randomEpoch(),
    seconds(ttl),
    keys.member,
    furtherLines(session),
    isSealed ? "1" : "0",
    String(limit?.max ?? 0),
    limit?.endOldest ? "1" : "0",
    String(now),
    known.map(({ name }) => ` ${name}`).join(""),
  ];
  const call = scriptCall("sign", [...named, ...counts.map(person.session)], [...args, ...counts]);
  const reply = await redis.run(call, { signal });
  const [status, members] = Array.isArray(reply) ? reply : [];
  if (status === "limit" || status === "taken") return { status };
  if (status === "full") return { status, members: indexMembers(members) };
  if (status !== "created" || !Array.isArray(members)) throw unexpectedReply();
  return { status, members: members.map(String) };
}

/** 8 random bytes, which the scripts add to the current epoch. */
export const randomEpoch = (): string => toBase64Url(randomBytes(8));

/**
 * Removes members from a person's index whose sessions are gone or ended.
 *
 * @returns how many it removed
 */
export async function cleanIndex(
  redis: Pick<RedisExecutor, "run">,
  keys: PersonKeys,
  members: readonly string[],
  options: StoreCallOptions,
): Promise<number> {
  if (members.length === 0) return 0;
  const named = [keys.person, keys.index, ...members.map(keys.session)];
  return Number(await redis.run(scriptCall("clean", named, members, TOUCHES), options));
}
