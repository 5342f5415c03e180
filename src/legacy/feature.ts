import type { CallOptions, ExtendOptions, SignOptions, VerifyOptions } from "../call-options.ts";
import { readCallOptions, readExtendOptions, readVerifyOptions } from "../call-options.ts";
import { endLater, type ServiceParts } from "../parts.ts";
import type { AnyRwt, OutputOf } from "../rwt.ts";
import { addFeature, type Methods } from "../service.ts";
import type { Session } from "../session.ts";
import { createVerbs } from "../verbs.ts";
import { oldHashes } from "./old-hashes.ts";
import { isOldKey, isOldToken, oldKey } from "./old-token.ts";
import { type LegacyOptions, type LegacySettings, type OldUser, readLegacyOptions } from "./options.ts";
import { bodyOf, presentToken } from "./successor.ts";

/**
 * A session of a new or an old token. An old token has no subject and no meta, and its `issuedAt` is 0. Its `deadline` is the option
 * `until`, or without it the end of its idle timeout.
 */
export interface LegacySession<Data = unknown> extends Session<Data> {
  /** The token to use from now on, if an old token was exchanged. */
  readonly newToken?: string | undefined;
}

/** The methods that `legacy()` adds to a service, or changes. */
export interface LegacyMethods<Data = unknown> {
  /** Checks a token as without `legacy()`, or a token of the old libraries. */
  verify(token: string | null | undefined, options?: VerifyOptions): Promise<LegacySession<Data> | null>;

  /**
   * Gives each old session without an expiry one of `expire` seconds. The old libraries sent `EXPIRE` after `HMSET`, so a crash in
   * between left such a session behind. Run it once, when the last service with an old library has stopped. It scans all keys (SCAN),
   * 200 at a time. On a Redis Cluster, run it for each primary.
   *
   * @param options - its `signal` stops the scan
   * @returns how many sessions had no expiry
   * @throws StoreUnavailableError if the store doesn't answer; changes that were made so far stay
   */
  expireOrphans(options?: CallOptions): Promise<number>;
}

/**
 * Accepts tokens of the 2017 libraries `redis-web-token` for Node and PHP: you can verify, extend and destroy them until they
 * expire. `sign` makes only new tokens. Use it for the migration only: an old token proves nothing by itself, so each well-formed
 * guess costs a command.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { ioredisStore } from "redis-web-token/ioredis";
 * import { legacy } from "redis-web-token/legacy";
 *
 * const rwt = createRwt<{ id: string }>({
 *   store: ioredisStore("redis://localhost:6380"),
 *   secret: "a new secret of 32 bytes or more",
 * }).with(legacy({ prefix: "sess:", secret: "the old one", upgrade: (user) => ({ subject: user.id }) }));
 * const session = await rwt.verify("9f3c-0a1b-77de-4c02-b5e8");
 * if (session?.newToken) console.log("hand it to the client");
 * ```
 */
export function legacy<Data = OldUser>(
  options: LegacyOptions<Data>,
): <Service extends AnyRwt>(service: Service) => LegacyMethods<OutputOf<Service>> & Service {
  const settingsFor = readLegacyOptions(options);
  return (service) =>
    addFeature(service, {
      name: "legacy",
      parts: (parts) => ({ ...parts, create: withSuccessors(parts, settingsFor(parts.settings)) }),
      methods: (methods, parts) => oldTokens(methods, parts, settingsFor(parts.settings)),
    }) as never;
}

/** Stores a new session where an old token that it replaces stands for its successor, which would count against a limit. */
function withSuccessors(parts: ServiceParts, settings: LegacySettings): ServiceParts["create"] {
  const hashes = oldHashes(parts.settings.store);
  async function successorOf(token: string, options: CallOptions): Promise<string> {
    const ttl = ttlOf(settings, parts, parts.settings.expire);
    if (!isOldToken(token) || ttl < 1) return token;
    const found = await hashes.read(oldKey(settings.prefix, token, settings.secret), ttl, false, options);
    const successor = found?.successor && (await presentToken(parts, found.successor, options));
    return successor ?? token;
  }
  return async (session, options, replaces) => {
    const { signal } = options;
    const present = await Promise.all(replaces.map((token) => successorOf(token, { signal })));
    return parts.create(session, options, present);
  };
}

/** Seconds that an old token may idle; below 1 where none lives any more. */
const ttlOf = (
  { until }: LegacySettings,
  { settings }: Pick<ServiceParts, "settings">,
  expire: number,
): number => (until === undefined ? expire : Math.min(expire, until - settings.now()));

function oldTokens(methods: Methods, parts: ServiceParts, legacySettings: LegacySettings): object {
  const { prefix, secret, until, upgrade, grace, convert } = legacySettings;
  const { settings } = parts;
  const hashes = oldHashes(settings.store);
  const keyOf = (token: string): string => oldKey(prefix, token, secret);
  const ttlFor = (expire: number): number => ttlOf(legacySettings, parts, expire);

  // Without maxSessions, since an exchange isn't a sign-in: concurrent requests may each make one, and none may end a session.
  const create: ServiceParts["create"] = (session, options) => settings.store.create(session, options);
  const { sign } = createVerbs({ ...parts, create });

  /** Returns the session of the new token that an old one was exchanged for. */
  async function handOver(body: string, options: VerifyOptions): Promise<LegacySession | null> {
    const newToken = await presentToken(parts, body, { signal: options.signal });
    const session = newToken === undefined ? null : await methods.verify(newToken, options);
    return session && { ...session, newToken };
  }

  async function exchange(key: string, data: unknown, options: CallOptions): Promise<LegacySession | null> {
    const fresh = await sign(data, { ...(upgrade?.(data) as SignOptions), ...options });
    const note = async (call: CallOptions): Promise<string | null> => {
      const holds = await hashes.exchange(key, bodyOf(fresh), Math.max(1, ttlFor(grace)), call);
      // The token was destroyed, or exchanged by another request, while this one signed.
      if (holds !== bodyOf(fresh)) await methods.destroy(fresh, call).catch(() => endLater(parts, fresh));
      return holds;
    };
    let holds: string | null;
    try {
      holds = await note(options);
    } catch (error) {
      // Whether it was noted nobody knows. Once it is, the old token leads to the new session, which nobody else holds.
      settings.store.later(note);
      throw error;
    }
    return holds === null ? null : handOver(holds, options);
  }

  function sessionOf(data: unknown): Session {
    const { expire } = settings;
    const deadline = until ?? settings.now() + expire;
    const none = { subject: undefined, meta: undefined, auth: undefined, act: undefined };
    return { data, ...none, issuedAt: 0, deadline, expire };
  }

  return {
    async verify(token: unknown, options: VerifyOptions = {}) {
      if (!isOldToken(token)) return methods.verify(token, options);
      const { signal } = readVerifyOptions(options);
      const call = { signal };
      const [key, ttl] = [keyOf(token), ttlFor(settings.expire)];
      if (ttl < 1) return null;
      const found = await hashes.read(key, ttl, settings.verifyExtendsToken, call);
      if (found === null) return null;
      if (found.successor !== undefined) return handOver(found.successor, options);
      const data = convert(found.user as OldUser);
      const session = await parts.fitting(sessionOf(data), parts.tell);
      return session === null || upgrade === undefined ? session : exchange(key, data, call);
    },

    /** An old token proves nothing by itself, so one that looks like one passes. */
    async inspect(token: unknown) {
      const { expire } = settings;
      if (!isOldToken(token)) return methods.inspect(token);
      return ttlFor(expire) < 1 ? null : { deadline: until ?? settings.now() + expire, expire };
    },

    async extend(token: unknown, options: ExtendOptions = {}) {
      if (!isOldToken(token)) return methods.extend(token, options);
      const { expire = settings.expire, signal } = readExtendOptions(options);
      const ttl = ttlFor(expire);
      if (ttl < 1) return false;
      const found = await hashes.read(keyOf(token), ttl, true, { signal });
      if (found?.successor === undefined) return found !== null;
      return methods.extend(await presentToken(parts, found.successor, { signal }), options);
    },

    async destroy(token: unknown, options: CallOptions = {}) {
      if (!isOldToken(token)) return methods.destroy(token, options);
      const call = readCallOptions(options);
      const key = keyOf(token);
      const removed = await hashes.removeUnlessExchanged(key, call);
      if (typeof removed === "boolean") return removed;
      // End the successor first: if the second command fails, a retry still finds it.
      const ended = await methods.destroy(await presentToken(parts, removed.successor, call), call);
      await hashes.remove(key, call);
      return ended;
    },

    async expireOrphans(options: CallOptions = {}) {
      const call = readCallOptions(options);
      const ttl = Math.max(1, ttlFor(settings.expire));
      let [cursor, expired] = ["0", 0];
      do {
        const page = await hashes.scan(cursor, prefix, call);
        const keys = page.keys.filter((key) => isOldKey(prefix, key));
        const orphaned = await Promise.all(keys.map((key) => hashes.expireOrphan(key, ttl, call)));
        expired += orphaned.filter(Boolean).length;
        cursor = page.cursor;
      } while (cursor !== "0");
      return expired;
    },
  };
}
