import { toBase64Url } from "./lib/bytes.ts";
import { assertJson } from "./lib/json.ts";
import {
  type CallOptions,
  type ExtendOptions,
  readCallOptions,
  readExtendOptions,
  readSignOptions,
  type SignOptions,
} from "./options.ts";
import type { ServiceParts } from "./parts.ts";
import { scriptCall, TOUCHES } from "./redis/command.ts";
import { flag } from "./redis/replies.ts";
import type { Session } from "./session.ts";
import type { Snapshot } from "./store.ts";
import { hashSubject, type SecretKeys } from "./token/key-ring.ts";
import { sessionKeys } from "./token/keys.ts";
import type { Opened } from "./token/memo.ts";
import { writeToken } from "./token/token.ts";
import {
  agree,
  noAnswer,
  readBody,
  readFacts,
  type SessionHeader,
  tenDigits,
  writeBody,
} from "./token/value.ts";

/** What every service does, whatever its features. */
export interface Verbs {
  sign(data: unknown, options?: SignOptions): Promise<string>;
  verify(token: unknown, options?: CallOptions): Promise<Session | null>;
  extend(token: unknown, options?: ExtendOptions): Promise<boolean>;
  destroy(token: unknown, options?: CallOptions): Promise<boolean>;
  connect(options?: CallOptions): Promise<void>;
  disconnect(): Promise<void>;
}

/** The keys that a script about a session names: the session's, and its person's where it has one. */
export const keysOf = ({ redis: { session, person } }: Pick<Opened, "redis">): string[] =>
  person === undefined ? [session] : [session, person];

export function createVerbs(parts: ServiceParts): Verbs {
  const { settings, ring, open, lines, background } = parts;
  const { store, prefix, now } = settings;

  /** Whether a token's generation is one that lives; ends the session where it is shown after it was rotated away. */
  async function isLive(
    opened: Opened,
    snapshot: Snapshot,
    header: SessionHeader,
    options: CallOptions,
  ): Promise<boolean> {
    const { generation } = opened;
    const args = [String(generation), String(now())];
    if (generation < header.generation) {
      const verdict = await store.run(scriptCall("older", keysOf(opened), args), options);
      if (verdict === "reuse") await tellOfReuse(opened, snapshot, header);
      if (typeof verdict !== "string") throw noAnswer();
      return verdict === "live";
    }
    if (generation > header.generation || !header.isUsed) {
      // A verifier that may not write changes nothing about the answer.
      await store.run(scriptCall("use", keysOf(opened), args, TOUCHES), options).catch(() => {});
    }
    return true;
  }

  async function tellOfReuse({ redis }: Opened, { session }: Snapshot, header: SessionHeader): Promise<void> {
    const facts = await readFacts(session as string, header, redis.session, lines);
    parts.tell({ type: "token_reuse", subject: facts?.subject });
  }

  const disconnect = async (): Promise<void> => {
    background.stop();
    await store.disconnect();
  };

  return {
    async sign(data, options = {}) {
      const { expire, subject, meta, signal } = readSignOptions(options, settings);
      assertJson("data", data);
      const [keys] = (await ring()) as [SecretKeys];
      const issuedAt = now();
      const deadline = issuedAt + settings.maxLifetime;
      const person = subject === undefined ? undefined : await hashSubject(keys, subject);
      const id = crypto.getRandomValues(new Uint8Array(16));
      const { token, lookup } = await writeToken(keys, { deadline, expire, generation: 0, person, id });
      const redis = sessionKeys(prefix, lookup, person);
      const body = await writeBody({ subject, meta, data }, redis.session, tenDigits(issuedAt), lines);
      const member = toBase64Url(lookup);
      const session = { redis, person, member, issuedAt, deadline, ttl: expire, body, isSealed: lines.seals };
      await parts.storeSession(session, { signal });
      return token;
    },

    async verify(token, options = {}) {
      const call = readCallOptions(options);
      const opened = await open(token);
      if (opened === null) return null;
      const { redis, deadline, expire } = opened;
      const slideTo = settings.verifyExtendsToken ? opened.ttl() : undefined;
      const snapshot = await store.read(redis, { ...call, slideTo });
      const headers = agree(snapshot, opened.person !== undefined);
      if (headers === null || !(await isLive(opened, snapshot, headers.session, call))) return null;
      const body = await readBody(snapshot, headers, redis, lines);
      return body && { ...body, issuedAt: Number(headers.session.iat), deadline, expire };
    },

    async extend(token, options = {}) {
      const { expire, signal } = readExtendOptions(options);
      const opened = await open(token);
      if (opened === null) return false;
      const args = [String(opened.generation), String(opened.ttl(expire)), String(now())];
      return flag(await store.run(scriptCall("extend", keysOf(opened), args, TOUCHES), { signal }));
    },

    async destroy(token, options = {}) {
      const call = readCallOptions(options);
      const opened = await open(token);
      if (opened === null) return false;
      const { index } = opened.redis;
      const keys = index === undefined ? keysOf(opened) : [...keysOf(opened), index];
      return flag(await store.run(scriptCall("destroy", keys, [toBase64Url(opened.lookup), "1"]), call));
    },

    connect: async (options = {}) => store.connect(readCallOptions(options)),
    disconnect,
  };
}
