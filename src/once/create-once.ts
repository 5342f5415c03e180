import { type CallOptions, readCallOptions, readSubject } from "../call-options.ts";
import { toBase64Url } from "../lib/bytes.ts";
import { command, query, scriptCall } from "../redis/command.ts";
import { unexpectedReply } from "../redis/faults.ts";
import { count, seconds, text } from "../redis/replies.ts";
import { createRing } from "../token/key-ring.ts";
import { onceKey } from "../token/keys.ts";
import { refusePromise } from "../token/token.ts";
import { hashCode, looksLikeCode, randomCode } from "./code.ts";
import { type OnceOptions, readIssueCodeOptions, readIssueOptions, readOnceOptions } from "./options.ts";
import {
  derivePurposeKeys,
  openOnceToken,
  type PurposeKeys,
  type SubjectShelf,
  subjectShelves,
  writeOnceToken,
} from "./token.ts";
import type { Once } from "./types.ts";
import { type OnceValue, readValue, writeContents, writeValue } from "./value.ts";

/**
 * Makes one-time tokens and codes for one purpose: password resets, magic links, proofs of e-mail addresses, WebSocket tickets.
 *
 * @throws OptionTypeError, OptionRangeError with a stable `code`, naming the option
 * @example
 * ```ts
 * import { memoryStore } from "redis-web-token/memory";
 * import { createOnce } from "redis-web-token/once";
 *
 * const links = createOnce<{ next: string }>({
 *   store: memoryStore(),
 *   secret: "s".repeat(32),
 *   purpose: "magic-link",
 *   expire: 900,
 * });
 * const token = await links.issue({ next: "/inbox" }, { subject: "42", replaces: true });
 * const found = await links.consume(token);
 * ```
 */
export function createOnce<Data = unknown>(options: OnceOptions): Once<Data> {
  const settings = readOnceOptions(options);
  const { store, secrets, purpose, expire, prefix, now } = settings;
  const ring = createRing(secrets, (secret) => derivePurposeKeys(secret, purpose));
  const shelvesOf = async (subject: string) => subjectShelves(await ring(), prefix, subject);

  async function put(key: string, value: OnceValue, call: CallOptions): Promise<void> {
    const ttl = seconds(value.expiresAt - value.issuedAt);
    const reply = await store.run(command("SET", [key], [writeValue(value), "EX", ttl]), call);
    if (reply !== "OK") throw unexpectedReply();
  }

  /** Takes away what lies at a subject's key. `"wrong"` if it has another proof, `null` if there is nothing. */
  const take = async (key: string, proof: string, call: CallOptions): Promise<string | null> =>
    text(await store.run(scriptCall("once", [key], [proof]), call));

  /**
   * Removes what older secrets hold for the subject, after the new value is there: of two services whose rings differ in order,
   * neither then leaves both values.
   */
  async function remove(keys: readonly string[], call: CallOptions): Promise<void> {
    for (const key of keys) await store.run(command("DEL", [key]), call);
  }

  const once: Once = {
    purpose,
    expire,

    async issue(data, options = {}) {
      const { subject, replaces, expire, signal } = readIssueOptions(options, settings);
      const contents = writeContents(subject, data);
      const shelves = replaces && subject !== undefined ? await shelvesOf(subject) : [];
      const [keys] = (await ring()) as [PurposeKeys];
      const [newest, ...older] = shelves;
      const issuedAt = now();
      const deadline = issuedAt + expire;
      const { token, lookup } = await writeOnceToken(keys, { deadline, expire, person: newest?.person });
      const proof = toBase64Url(lookup);
      const key = newest?.redis.token ?? onceKey(prefix, lookup);
      await put(key, { issuedAt, expiresAt: deadline, attempts: 0, proof, contents }, { signal });
      await remove(
        older.map(({ redis }) => redis.token),
        { signal },
      );
      return token;
    },

    async peek(token, options = {}) {
      const call = readCallOptions(options);
      const opened = await openOnceToken(await ring(), settings, token);
      if (opened === null) return null;
      const value = text(await store.run(query("GET", [opened.key]), call));
      return value === null ? null : readValue(value, opened.proof);
    },

    async consume(token, options = {}) {
      const call = readCallOptions(options);
      const opened = await openOnceToken(await ring(), settings, token);
      if (opened === null) return null;
      const { key, proof, isReplaceable } = opened;
      // A newer token may lie at a subject's key, and must stay there.
      const value = isReplaceable
        ? await take(key, proof, call)
        : text(await store.run(command("GETDEL", [key]), call));
      return value === null || value === WRONG ? null : readValue(value, proof);
    },

    async issueCode(options) {
      const { subject, data, attempts, digits, expire, signal } = readIssueCodeOptions(options, settings);
      const contents = writeContents(undefined, data);
      const [newest, ...older] = (await shelvesOf(subject)) as [SubjectShelf, ...SubjectShelf[]];
      const code = randomCode(digits);
      const proof = await hashCode(newest, code);
      const issuedAt = now();
      const value = { issuedAt, expiresAt: issuedAt + expire, attempts, proof, contents };
      await put(newest.redis.code, value, { signal });
      await remove(
        older.map(({ redis }) => redis.code),
        { signal },
      );
      return code;
    },

    async consumeCode(subject, code, options = {}) {
      const call = readCallOptions(options);
      const whose = readSubject(subject);
      refusePromise(code, "code");
      if (!looksLikeCode(code)) return null;
      for (const shelf of await shelvesOf(whose)) {
        const proof = await hashCode(shelf, code);
        const value = await take(shelf.redis.code, proof, call);
        if (value === WRONG) return null;
        const found = value === null ? null : readValue(value, proof);
        if (found !== null) return { ...found, subject: whose };
      }
      return null;
    },

    async revokeAll(subject, options = {}) {
      const call = readCallOptions(options);
      let ended = 0;
      // The newest last, so that no failure leaves an older secret's token behind a newer one that has ended.
      for (const { redis } of [...(await shelvesOf(readSubject(subject)))].reverse())
        ended += count(await store.run(command("DEL", [redis.token, redis.code]), call));
      return ended > 0;
    },
  };
  return Object.freeze(once) as Once<Data>;
}

/** The script's reply for a wrong proof. No value begins with it. */
const WRONG = "wrong";
