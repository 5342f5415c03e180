import { createRwt, StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { command, query, WRITES } from "../../src/redis/index.ts";
import {
  deriveKeys,
  hashSubject,
  mintToken,
  openToken,
  type SessionKeys,
  sessionKeys,
} from "../../src/token/index.ts";
import { utf8 } from "../support/bytes.ts";

/** The Redis keys of a token that was signed with this secret. */
export async function redisKeysOf(secret: string, token: string): Promise<SessionKeys> {
  const opened = await openToken([await deriveKeys(utf8(secret))], token);
  if (opened === null) throw new Error("no token of this secret");
  return sessionKeys("rwt:", opened.lookup, opened.person);
}

/** Sets or deletes a key. */
export async function plant(store: TokenStore, key: string, value: string | null): Promise<void> {
  if (value === null) await store.run(command("DEL", [key], [], WRITES));
  else await store.run(command("SET", [key], [value, "EX", "600"], WRITES));
}

/** A key's value. */
export const valueAt = async (store: TokenStore, key: string): Promise<string | null> =>
  (await store.run(query("GET", [key]))) as string | null;

interface Stored {
  readonly hasPerson: boolean;
  readonly session: string | null;
  readonly person: string | null;
}

const SUBJECT = "someone";

async function plantAll(store: TokenStore, keys: SessionKeys, { session, person }: Stored): Promise<void> {
  await plant(store, keys.session, session);
  if (keys.person !== undefined) await plant(store, keys.person, person);
}

/** A token without a session, and its Redis keys. */
async function tokenOf(
  secret: string,
  { hasPerson, generation }: { readonly hasPerson: boolean; readonly generation: number },
): Promise<{ readonly token: string; readonly redis: SessionKeys }> {
  const keys = await deriveKeys(utf8(secret));
  const token = await mintToken(keys, {
    deadline: Math.floor(Date.now() / 1000) + 600,
    expire: 60,
    generation,
    person: hasPerson ? await hashSubject(keys, SUBJECT) : undefined,
  });
  return { token, redis: await redisKeysOf(secret, token) };
}

/** What a service finds of how the user of a vector's session signed in, and of who acts as them. */
export async function authenticationFoundBy(
  store: TokenStore,
  secret: string,
  stored: Stored,
): Promise<object | null | "no answer"> {
  const { token, redis } = await tokenOf(secret, { ...stored, generation: 0 });
  await plantAll(store, redis, stored);
  try {
    const session = await createRwt({ store, secret }).verify(token);
    return session && { auth: session.auth ?? null, act: session.act ?? null };
  } catch (error) {
    if (error instanceof StoreUnavailableError) return "no answer";
    throw error;
  }
}

/** What a service finds for a vector's values: the session, none, or no answer. */
export async function foundBy(
  store: TokenStore,
  secret: string,
  stored: Stored,
): Promise<object | null | "no answer"> {
  const { token, redis } = await tokenOf(secret, { ...stored, generation: 0 });
  await plantAll(store, redis, stored);
  try {
    const session = await createRwt({ store, secret }).verify(token);
    if (session === null) return null;
    // JSON has no undefined, so absent members are null there.
    const { data, subject = null, meta = null, issuedAt } = session;
    return { data, subject, meta, issuedAt };
  } catch (error) {
    if (error instanceof StoreUnavailableError) return "no answer";
    throw error;
  }
}

/** How a service answers a token of a vector's generation, and the header up to `until` afterwards. */
export async function answerTo(
  store: TokenStore,
  secret: string,
  stored: Stored & { readonly generation: number },
): Promise<{ readonly answer: string; readonly after: string | null }> {
  const { token, redis } = await tokenOf(secret, stored);
  await plantAll(store, redis, stored);
  const session = await createRwt({ store, secret }).verify(token);
  const left = await valueAt(store, redis.session);
  const answer = session !== null ? "live" : left === null ? "reuse" : "null";
  return { answer, after: left === null ? null : left.slice(0, 43) };
}
