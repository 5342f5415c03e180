import {
  type CallOptions,
  type ExtendOptions,
  readCallOptions,
  readExtendOptions,
  readSignOptions,
  readVerifyOptions,
  type SignOptions,
  type VerifyOptions,
} from "./call-options.ts";
import { assertJson } from "./lib/json.ts";
import { randomBytes } from "./lib/random.ts";
import type { ServiceParts } from "./parts.ts";
import type { Session, TokenFacts } from "./session.ts";
import { type Facts, openLine, parseFacts, parseLine, readAuth } from "./token/facts.ts";
import { createRing, deriver, hashSubject, type SecretKeys } from "./token/key-ring.ts";
import { sessionKeys } from "./token/keys.ts";
import { type Mac, macOf } from "./token/mac.ts";
import { openMarks, sealMark } from "./token/mark.ts";
import { ttlOf } from "./token/memo.ts";
import { writeToken } from "./token/token.ts";

/** The methods of every service, before features are added. */
export interface Verbs {
  sign(data: unknown, options?: SignOptions): Promise<string>;
  verify(token: unknown, options?: VerifyOptions): Promise<Session | null>;
  mark(): Promise<string>;
  extend(token: unknown, options?: ExtendOptions): Promise<boolean>;
  destroy(token: unknown, options?: CallOptions): Promise<boolean>;
  inspect(token: unknown): Promise<TokenFacts | null>;
  connect(options?: CallOptions): Promise<void>;
  disconnect(): Promise<void>;
}

export function createVerbs(parts: ServiceParts): Verbs {
  const { settings, ring, open, lines } = parts;
  const { store, prefix, now, confirmNull } = settings;
  const markRing = createRing(settings.secrets, async (secret) =>
    macOf(await (await deriver(secret))("mark")),
  );

  return {
    async sign(data, options = {}) {
      const { expire, maxLifetime, subject, meta, auth, act, replaces, signal } = readSignOptions(
        options,
        settings,
      );
      assertJson("data", data);
      // Serialize before the first await, since the caller may change the objects afterwards. JSON omits what is undefined.
      const facts = JSON.stringify({ sub: subject, meta, act });
      const json = JSON.stringify(data);
      const [keys] = (await ring()) as [SecretKeys];
      const issuedAt = now();
      const deadline = issuedAt + maxLifetime;
      const person = subject === undefined ? undefined : await hashSubject(keys, subject);
      const id = randomBytes(16);
      const { token, lookup } = await writeToken(keys, { deadline, expire, generation: 0, person, id });
      const redis = sessionKeys(prefix, lookup, person);
      const key = redis.session;
      const session = {
        redis,
        issuedAt,
        deadline,
        ttl: expire,
        facts: await lines.seal({ key, number: 2, issuedAt }, facts, keys),
        data: await lines.seal({ key, number: 3 }, json, keys),
        auth: auth && (await lines.seal({ key, number: 4 }, JSON.stringify(auth), keys)),
        isSealed: lines.seals,
      };
      await parts.create(session, { signal, now: issuedAt }, replaces);
      return token;
    },

    async verify(token, options = {}) {
      const { signal, fresh, marks } = readVerifyOptions(options);
      const opening = open(token);
      // Here and below, only what isn't there yet is awaited: each await allocates, and this is the hot path.
      const opened = opening !== null && "then" in opening ? await opening : opening;
      if (opened === null) return null;
      const time = now();
      const slideTo = settings.verifyExtendsToken ? ttlOf(opened, time) : undefined;
      const freshness = fresh || marks.length === 0 ? { fresh } : await openMarks(await markRing(), marks);
      const found = await store.check(opened, { signal, slideTo, now: time, confirmNull, ...freshness });
      if (found === null) return null;
      const issuedAt = Number(found.iat);
      const at = { key: opened.redis.session, number: 2, issuedAt } as const;
      let facts: Facts | null = null;
      try {
        const line = openLine(lines, at, found.facts);
        facts = parseFacts(typeof line === "string" ? line : await line);
      } catch (error) {
        // A service that can't decrypt a stolen session must still report the reuse.
        if (found.isLive) throw error;
      }
      if (!found.isLive) {
        parts.tell({ type: "token_reuse", subject: facts?.subject });
        return null;
      }
      const line = openLine(lines, found.dataAt, found.data);
      const data = parseLine(typeof line === "string" ? line : await line);
      if (facts === null || data === undefined) return null;
      const auth = found.auth === undefined ? undefined : await readAuth(lines, at.key, found.auth);
      if (auth === null) return null;
      return { data, ...facts, auth, issuedAt, deadline: opened.deadline, expire: opened.expire };
    },

    async mark() {
      // Before the first await: what is written from now on isn't part of it.
      const text = store.mark();
      const [mac] = (await markRing()) as [Mac];
      return sealMark(mac, text);
    },

    async extend(token, options = {}) {
      const { expire, signal } = readExtendOptions(options);
      const opened = await open(token);
      if (opened === null) return false;
      const time = now();
      return store.extend(opened, ttlOf(opened, time, expire), { signal, now: time });
    },

    async destroy(token, options = {}) {
      const call = readCallOptions(options);
      const opened = await open(token);
      return opened !== null && store.destroy(opened, call);
    },

    async inspect(token) {
      const opened = await open(token);
      return opened && { deadline: opened.deadline, expire: opened.expire };
    },

    connect: async (options = {}) => store.connect(readCallOptions(options)),
    disconnect: async () => store.disconnect(),
  };
}
