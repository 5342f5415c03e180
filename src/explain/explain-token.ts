import { type CallOptions, readCallOptions } from "../call-options.ts";
import { toBase64Url } from "../lib/bytes.ts";
import type { ServiceParts } from "../parts.ts";
import { query } from "../redis/command.ts";
import { isRotatedAway } from "../redis/rotated-away.ts";
import { agree, contentsOf } from "../redis/value.ts";
import type { AnyRwt } from "../rwt.ts";
import { partsOf } from "../service.ts";
import { createPublicIds } from "../sessions/public-id.ts";
import type { Snapshot, StoreCallOptions } from "../store.ts";
import { readAuth, readFacts, readLine } from "../token/facts.ts";
import type { SecretKeys } from "../token/key-ring.ts";
import { sessionKeys } from "../token/keys.ts";
import { kidIn, looksLikeToken, type OpenedToken, openToken } from "../token/token.ts";
import { type Explanation, malformed } from "./explanation.ts";

/**
 * Explains why a token is live or isn't, for support. `verify` returns just `null`, since a caller with a bad token must not learn
 * more. So show explanations only to your own staff.
 *
 * It only reads: it extends and ends nothing, and doesn't call `onEvent`. For a genuine token before its deadline it takes up to
 * three round trips, otherwise none.
 *
 * @param rwt - the service that the token belongs to
 * @throws OptionTypeError, OptionRangeError
 * @throws StoreUnavailableError if the store doesn't answer
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { explainToken } from "redis-web-token/explain";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) });
 * const { status, reason } = await explainToken(rwt, "rwt_…");
 * console.log(status, reason); // malformed This isn't a token: it has 5 characters, and a token has 80.
 * ```
 */
export async function explainToken(
  rwt: AnyRwt,
  token: unknown,
  callOptions: CallOptions = {},
): Promise<Explanation> {
  const parts = partsOf(rwt);
  const { settings } = parts;
  const call = readCallOptions(callOptions);
  if (!looksLikeToken(token)) return malformed(token);
  const ring = await parts.ring();
  const opened = await openToken(ring, token);
  if (opened === null) return forged(ring, token);
  const at = ring.indexOf(opened.keys);
  const { deadline, expire } = opened;
  const ids = await createPublicIds(settings.secrets[at] as (typeof settings.secrets)[number]);
  const known = { id: await ids.idOf(toBase64Url(opened.lookup)), secret: at, deadline, expire };
  if (deadline - settings.now() < 1) {
    return {
      status: "expired",
      reason: "Its deadline has passed, and nothing extends a token beyond it.",
      ...known,
    };
  }
  return { ...known, ...(await inStore(parts, opened, call)) };
}

function forged(ring: readonly SecretKeys[], token: string): Explanation {
  const isHinted = ring.some(({ kid }) => kid === kidIn(token));
  return {
    status: "forged",
    reason: isHinted
      ? "None of the secrets signed it: it was altered or made up."
      : "It was signed with a secret that this service doesn't have, or made up: compare the services' secrets.",
  };
}

/** Explains a genuine token by what the store holds. */
async function inStore(
  parts: ServiceParts,
  opened: OpenedToken,
  call: StoreCallOptions,
): Promise<Explanation> {
  const { store, prefix, now } = parts.settings;
  const redis = sessionKeys(prefix, opened.lookup, opened.person);
  const snapshot = await store.read(redis, call);
  const headers = agree(snapshot, opened.person !== undefined);
  if (headers === null) return missing(snapshot, opened);
  const { session } = headers;
  if (await isRotatedAway(store, opened, session, { ...call, now: now() })) {
    return {
      status: "rotated",
      reason: "It was rotated: a newer token has replaced it.",
    };
  }
  const issuedAt = Number(session.iat);
  const { facts: line, data: dataLine, dataAt, auth: authLine } = contentsOf(snapshot, headers, redis);
  const facts = await readFacts(parts.lines, { key: redis.session, number: 2, issuedAt }, line);
  const data = await readLine(parts.lines, dataAt, dataLine);
  const auth = await readAuth(parts.lines, redis.session, authLine);
  if (facts === null || data === undefined || auth === null)
    return {
      status: "unknown",
      reason:
        "The service can't read its session: none of the secrets decrypts it, or it isn't encrypted although it must be.",
    };
  const { deadline, expire } = opened;
  const told = await parts.fitting({ data, ...facts, auth, issuedAt, deadline, expire }, () => {});
  if (told === null) return { status: "unknown", reason: "Its data doesn't match the service's schema." };
  const idle = Number(await store.run(query("PTTL", [redis.session]), call));
  return {
    status: "live",
    reason: "It is live.",
    issuedAt,
    ...(facts.subject !== undefined && { subject: facts.subject }),
    idle: Math.max(0, Math.ceil(idle / 1000)),
  };
}

function missing({ session, person }: Snapshot, { person: owner }: OpenedToken): Explanation {
  const status = "unknown";
  if (session === null) {
    const reason =
      "It is genuine, but the store has no session for it: the session was ended, expired or was evicted, " +
      "or the token was signed with another Redis or prefix.";
    return { status, reason };
  }
  if (owner !== undefined && person === null)
    return {
      status,
      reason: "Its person's key is gone, by eviction or a lost write, so the session has ended.",
    };
  return {
    status,
    reason: "All of the person's sessions were ended, or its key holds something else.",
  };
}
