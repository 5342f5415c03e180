import type { EncryptedStore } from "../encrypt/sealing.ts";
import { SessionLimitError } from "../errors.ts";
import { createKeyRing } from "../key-ring.ts";
import { typeError } from "../lib/check.ts";
import { assertJson, isObject } from "../lib/json.ts";
import { opener } from "../open.ts";
import { readCallOptions, readExtendOptions, readOptions, type Settings } from "../options.ts";
import { rwtOver } from "../rwt.ts";
import { decodeSession, type Session } from "../session.ts";
import type { TokenStore } from "../store.ts";
import { isRedisStore, isSpacious } from "../stores/kinds.ts";
import { bodyOf, tokenOf } from "../successor.ts";
import { mintToken, ownerOf } from "../token.ts";
import { memorySessions } from "./memory-sessions.ts";
import {
  readRotateOptions,
  readSessionOptions,
  type SessionRwtOptions,
  type SessionSettings,
} from "./options.ts";
import { redisSessions } from "./redis-sessions.ts";
import { assertFits, validate } from "./schema.ts";
import { sealedSessions } from "./sealed-sessions.ts";
import { baseOf, type SessionKeys, type SessionStore } from "./store.ts";
import { subjectSessions } from "./subject-sessions.ts";
import type { SessionRwt } from "./types.ts";

/** Seconds in which a rotation can be asked for again: its reply may have been lost. */
const ROTATE_AGAIN = 10;

/**
 * `createRwt`, with a person's sessions: list them, end them all or one, rotate a token, change data, limit how many
 * there are. Services that only check tokens do well with `createRwt`; one that rotates or ends sessions needs this.
 *
 * @throws OptionTypeError, OptionRangeError with a stable `code`, naming the option
 * @example
 * ```ts
 * import { ioredisStore } from "redis-web-token/ioredis";
 * import { createRwtWithSessions } from "redis-web-token/sessions";
 *
 * const rwt = createRwtWithSessions<{ id: string }>({
 *   store: ioredisStore("redis://localhost:6380"),
 *   secret: "a secret of 32 bytes or more: openssl rand -base64 32",
 *   maxSessions: 5,
 *   onEvent: ({ type, subject }) => console.warn(type, subject),
 * });
 * await rwt.destroyAll("42"); // log out everywhere
 * ```
 */
export function createRwtWithSessions<Input = unknown, Output = Input>(
  options: SessionRwtOptions<Input, Output>,
): SessionRwt<Input, Output> {
  const { maxSessions, onLimit, schema, onEvent, ...own } = options;
  const settings = readOptions(own);
  const more = readSessionOptions({ maxSessions, onLimit, schema, onEvent } as SessionRwtOptions);
  return sessionRwt(settings, more) as unknown as SessionRwt<Input, Output>;
}

function sessionRwt(settings: Settings, more: SessionSettings): SessionRwt {
  const ring = createKeyRing(settings.secrets);
  const sessions = sessionsOf(settings.store);
  const open = opener(settings, ring);
  const rwt = rwtOver({ ...settings, store: limited(settings.store, sessions, more) }, ring, open);
  const { schema, onEvent } = more;

  const keysOf = ({ key, lookup }: { readonly key: string; readonly lookup: string }): SessionKeys => ({
    base: baseOf(key, lookup),
    lookup,
  });

  /** Tells of a token that was shown after it had been rotated away. */
  function tellOfReuse(victim: string | null, deadline: number): void {
    if (victim === null) return;
    const stored = decodeSession(victim, deadline, 0);
    onEvent({ type: "token_reuse", subject: stored?.subject });
  }

  async function fitting(session: Session): Promise<Session | null> {
    if (schema === undefined) return session;
    const result = await validate(schema, session.data);
    if ("value" in result) return { ...session, data: result.value };
    onEvent({ type: "data_mismatch", subject: session.subject, paths: result.paths });
    return null;
  }

  const service: Omit<SessionRwt, keyof ReturnType<typeof subjectSessions>> = {
    ...rwt,

    async sign(data, options) {
      await assertFits(schema, data);
      return rwt.sign(data, options);
    },

    async verify(token, options = {}) {
      const session = await rwt.verify(token, options);
      if (session !== null) return fitting(session);
      const opened = await open(token);
      if (opened !== null) {
        const call = readCallOptions(options);
        tellOfReuse(await sessions.endReused(keysOf(opened), settings.now(), call), opened.deadline);
      }
      return null;
    },

    async extend(token, options = {}) {
      const { expire, signal } = readExtendOptions(options);
      const opened = await open(token);
      return (
        opened !== null && sessions.extend(keysOf(opened), opened.ttl(expire), settings.now(), { signal })
      );
    },

    async destroy(token, options = {}) {
      const call = readCallOptions(options);
      const opened = await open(token);
      return opened !== null && sessions.end(keysOf(opened), call);
    },

    async update(token, data, options = {}) {
      const call = readCallOptions(options);
      assertJson("data", data);
      await assertFits(schema, data);
      const opened = await open(token);
      return opened !== null && sessions.update(keysOf(opened), JSON.stringify(data), settings.now(), call);
    },

    async rotate(token, options = {}) {
      const { grace, call } = readRotateOptions(options);
      const opened = await open(token);
      if (opened === null || typeof token !== "string") return null;
      // With the secret that signed it: the subject's index, and with it "log out everywhere", is that secret's.
      const keys = (await ownerOf(await ring(), token))?.keys;
      if (keys === undefined) return null;
      const minted = await mintToken(keys, opened);
      const now = settings.now();
      const { deadline, expire } = opened;
      if (deadline - now < 1) return null;
      const ttl = Math.min(expire, deadline - now);
      const rotated = await sessions.rotate(
        {
          ...keysOf(opened),
          successor: { lookup: minted.lookup, body: bodyOf(minted.token), ttl },
          grace,
          now,
          again: ROTATE_AGAIN,
          deadline,
        },
        call,
      );
      if (rotated === null) return null;
      if ("body" in rotated) return (await tokenOf(async () => [keys], rotated.body)) ?? null;
      tellOfReuse(rotated.victim, deadline);
      return null;
    },
  };
  return Object.freeze({ ...service, ...subjectSessions(settings, ring, sessions, more) });
}

function sessionsOf(store: TokenStore): SessionStore {
  if ("sealing" in store && isObject(store.sealing)) {
    const { sealing } = store as EncryptedStore;
    return sealedSessions(sessionsOf(sealing.inner), sealing);
  }
  if (isRedisStore(store)) return redisSessions(store);
  if (isSpacious(store)) return memorySessions(store.space);
  throw typeError("store", "a Redis store or memoryStore(), for sessions of a subject", store);
}

/** The store, whose sign keeps to the limit. */
function limited(store: TokenStore, sessions: SessionStore, { limit }: SessionSettings): TokenStore {
  if (limit === undefined) return store;
  return {
    ...store,
    async create(entry, options = {}) {
      const { index } = entry;
      if (index === undefined) return store.create(entry, options);
      const created = await sessions.createLimited({ ...entry, index }, limit, options);
      if (created !== "limit") return created;
      throw new SessionLimitError(`the subject has ${limit.max} sessions already`);
    },
  };
}
