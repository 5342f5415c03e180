import type { CallOptions, ExtendOptions, SignOptions } from "../options.ts";
import { readCallOptions, readExtendOptions } from "../options.ts";
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
 * A session of a new or an old token. An old one knows neither subject, meta nor when it was signed (`issuedAt` is
 * 0), and its `deadline` is `until`, or where it has none, the end of its idle timeout.
 */
export interface LegacySession<Data = unknown> extends Session<Data> {
  /** The token to hold from now on, where the one that was shown is an old one that was exchanged. */
  readonly newToken?: string | undefined;
}

/** What `legacy()` adds to a service, or changes of it. */
export interface LegacyMethods<Data = unknown> {
  /** As without `legacy()`, and takes the old libraries' tokens too. */
  verify(token: string | null | undefined, options?: CallOptions): Promise<LegacySession<Data> | null>;

  /**
   * Gives each old session that has no expiry one of `expire` seconds: the old libraries sent `EXPIRE` after
   * `HMSET`, and left such a session behind where they died in between. Run it once when the last of them has
   * stopped. It walks through all keys (SCAN), 200 at a time. Against a Redis Cluster, run it for each primary.
   *
   * @param options - its `signal` ends the walk
   * @returns how many there were
   * @throws StoreUnavailableError where the store doesn't answer; what was done stays done
   */
  expireOrphans(options?: CallOptions): Promise<number>;
}

/**
 * Adds the tokens of the 2017 libraries `redis-web-token` for Node and PHP: they are verified, extended and destroyed in place
 * until they run out. For the migration only: an old token proves nothing by itself, so each well-formed guess costs a
 * command. Every token that is signed is a new one.
 *
 * @throws OptionTypeError, OptionRangeError with a stable `code`, naming the option
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

  // An exchange is no sign-in: several requests may make one at the same time, and maxSessions must end nobody for it.
  const create: ServiceParts["create"] = (session, options) => settings.store.create(session, options);
  const { sign } = createVerbs({ ...parts, create });

  /** The session of an exchanged token's successor. */
  async function handOver(body: string, options: CallOptions): Promise<LegacySession | null> {
    const newToken = await presentToken(parts, body, options);
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
    return { data, subject: undefined, meta: undefined, issuedAt: 0, deadline, expire };
  }

  return {
    async verify(token: unknown, options: CallOptions = {}) {
      if (!isOldToken(token)) return methods.verify(token, options);
      const call = readCallOptions(options);
      const [key, ttl] = [keyOf(token), ttlFor(settings.expire)];
      if (ttl < 1) return null;
      const found = await hashes.read(key, ttl, settings.verifyExtendsToken, call);
      if (found === null) return null;
      if (found.successor !== undefined) return handOver(found.successor, call);
      const data = convert(found.user as OldUser);
      const session = await parts.fitting(sessionOf(data), parts.tell);
      return session === null || upgrade === undefined ? session : exchange(key, data, call);
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
      // The successor first: should the second command fail, a second call still finds it.
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
