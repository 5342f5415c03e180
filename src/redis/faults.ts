import { DataError, type StoreFailureReason, StoreFault, StoreUnavailableError } from "../errors.ts";
import { TimeIsUp } from "../lib/time-limit.ts";
import { redisWords } from "./client-words.ts";

/** Redis's error codes by reason. */
const CODES: Readonly<Partial<Record<StoreFailureReason, string>>> = {
  auth: "NOAUTH WRONGPASS NOPERM DENIED",
  loading: "LOADING MASTERDOWN",
  readonly: "READONLY",
  memory: "OOM",
  server:
    "ERR ASK BUSY CLUSTERDOWN CROSSSLOT EXECABORT MISCONF MOVED NOPROTO NOREPLICAS NOSCRIPT TRYAGAIN UNBLOCKED WRONGTYPE",
};

const REASONS: ReadonlyMap<string, StoreFailureReason> = new Map(
  Object.entries(CODES).flatMap(([reason, codes]) =>
    codes.split(" ").map((code) => [code, reason as StoreFailureReason]),
  ),
);

const MESSAGES: Readonly<Record<StoreFailureReason, string>> = {
  timeout: "the store did not answer within the timeout: is it slow, or far away?",
  network: "the store can't be reached: is Redis running, and is its address right?",
  auth: "the store refused the credentials: check the URL's password, or the REST token",
  loading: "the store is starting and still loading its data: retry",
  readonly: "the store is a read-only replica: a failover is under way, or the URL names the wrong server",
  memory: "the store is out of memory: raise its maxmemory",
  quota: "the store's request quota is used up: raise it at the provider",
  replicas: "too few replicas confirmed the change in time: a failover could undo it",
  breaker: "the store could not be reached before, and the breaker doesn't allow a call yet: retry later",
  server: "the store refused the command",
  encrypted: "the person has encrypted sessions: add encryption() to this service",
  reply: "the store sent an unexpected reply to the command: does something else write under the prefix?",
};

/**
 * Converts anything that a client throws to the library's error. Clients put commands, keys and payloads into their messages, even
 * those of other callers, so only the class's name and a known code are kept.
 */
export function storeUnavailable(error: unknown): StoreUnavailableError {
  if (error instanceof StoreUnavailableError) return error;
  if (error instanceof TimeIsUp) return unavailable("timeout");
  const links = chain(error);
  const redisCode = links.map(redisCodeOf).find((code) => code !== undefined);
  const code = redisCode ?? links.map(systemCodeOf).find((code) => code !== undefined);
  return unavailable(reasonOf(links, redisCode), new StoreFault(nameOf(error), code));
}

/**
 * The error that a call throws: a `StoreUnavailableError`, or a `DataError` if the session is too large for the server, since a
 * retry wouldn't help.
 */
export function storeFailure(error: unknown): StoreUnavailableError | DataError {
  if (error instanceof DataError) return error;
  if (messagesIn(error).some((text) => TOO_LARGE.test(text)))
    return new DataError(
      "data",
      "data is too large for the store: store less in the session",
      "ERR_RWT_DATA_TOO_LARGE",
    );
  return storeUnavailable(error);
}

/** Messages of Upstash, of HTTP's status 413, and of Redis. */
const TOO_LARGE =
  /max (request|single record) size exceeded|payload too large|request entity too large|invalid bulk length|exceeds maximum allowed size/i;

/** Whether an established connection broke, so that a retry may get a new one. */
export const isConnectionLost = (error: unknown): boolean =>
  chain(error).some(
    (link) =>
      /^(ECONNRESET|EPIPE|ERR_REDIS_CONNECTION_CLOSED)$/.test(property(link, "code")) ||
      /Connection is closed|max retries per request|Socket closed unexpectedly|Connection has failed|Connection closed/.test(
        messageOf(link),
      ),
  );

/** Whether Redis doesn't know the script's digest. Clients and servers put the code in different places of the message. */
export const isNoScript = (error: unknown): boolean =>
  messagesIn(error).some((text) => /NOSCRIPT|NoScriptError/.test(text));

/** Whether a cluster is moving the command's slot, and some of its keys are already on another node. */
export const isTryAgain = (error: unknown): boolean =>
  messagesIn(error).some((text) => /TRYAGAIN/.test(text));

/** Whether Redis itself answered with an error. */
export const isErrorReply = (error: unknown): boolean => redisCodesIn(error).length > 0;

/** Whether Redis never runs such a command: its keys are in several slots, the user may not, or the server doesn't know it. */
export const isRefusal = (error: unknown): boolean =>
  messagesIn(error).some((text) => /^(CROSSSLOT|NOPERM|ERR unknown command)/.test(text));

/** Whether the key doesn't hold a string. MGET replies nil for such a key, so a single read does the same. */
export const isWrongType = (error: unknown): boolean => redisCodesIn(error).includes("WRONGTYPE");

/** Whether the server refuses writes: after a failover, the former primary does. */
export const isReadOnly = (error: unknown): boolean => redisCodesIn(error).includes("READONLY");

/** For a reply of the wrong type, which must not count as "no session". */
export const unexpectedReply = (): StoreUnavailableError => unavailable("reply");

/** For a write that the primary has, but too few replicas. */
export const tooFewReplicas = (): StoreUnavailableError => unavailable("replicas");

/** For a call that isn't sent, because the calls before it failed. */
export const notAsked = (): StoreUnavailableError => unavailable("breaker");

const unavailable = (reason: StoreFailureReason, cause?: StoreFault): StoreUnavailableError =>
  new StoreUnavailableError(reason, MESSAGES[reason], cause);

function reasonOf(links: readonly unknown[], redisCode: string | undefined): StoreFailureReason {
  const messages = links.map(messageOf);
  // The library's own scripts raise these two.
  if (messages.some((text) => text.includes("RWT_NO_ANSWER"))) return "reply";
  if (messages.some((text) => text.includes("RWT_ENCRYPTED"))) return "encrypted";
  if (messages.some((text) => /^ERR (max .*limit|.*capacity quota) exceeded/.test(text))) return "quota";
  // A cluster client gave up while a slot was moving.
  if (messages.some((text) => /TRYAGAIN|Too many Cluster redirections/.test(text))) return "server";
  // Redis 7.0's message instead of NOPERM for a command within a script.
  if (messages.some((text) => text.startsWith("ERR The user executing the script can't"))) return "auth";
  // Redis's protocol error for a long command on a connection that hasn't sent its password.
  if (messages.some((text) => text.includes("unauthenticated"))) return "auth";
  if (redisCode !== undefined) return REASONS.get(redisCode) ?? "server";
  if (messages.some((text) => /^Unauthorized/i.test(text))) return "auth";
  // From @upstash/redis, for JSON without a result.
  if (messages.includes("Request did not return a result")) return "reply";
  const names = links.map(nameOf);
  // From the same client's pipeline, which calls `map` on JSON that isn't an array.
  if (names.includes("TypeError") && messages.some((text) => /\bmap\b/.test(text))) return "reply";
  if (names.includes("UpstashJSONParseError") || names.includes("SyntaxError")) return "reply";
  if (names.includes("UpstashError")) return "server";
  if (names.includes("TimeoutError")) return "timeout";
  return "network";
}

/** The error, its causes, and the errors in an AggregateError. */
function chain(error: unknown): unknown[] {
  const links: unknown[] = [error];
  for (let i = 0; i < links.length && i < 8; i++) {
    const { cause, errors } = Object(links[i]) as { cause?: unknown; errors?: unknown };
    if (cause !== undefined) links.push(cause);
    if (Array.isArray(errors)) links.push(...errors.slice(0, 4));
  }
  return links;
}

const property = (error: unknown, name: string): string => {
  const value = (Object(error) as Record<string, unknown>)[name];
  return typeof value === "string" ? value : "";
};

/** The message without the command and arguments that some clients and servers quote, which may contain any text of a user. */
const messageOf = (error: unknown): string =>
  redisWords(property(error, "message").split(/, (?:command was|with args)/)[0] ?? "");

function nameOf(error: unknown): string {
  const name = property(error, "name");
  return /^[A-Za-z]{1,40}$/.test(name) ? name : "Error";
}

const messagesIn = (error: unknown): string[] => chain(error).map(messageOf);

const redisCodesIn = (error: unknown): string[] => chain(error).flatMap((link) => redisCodeOf(link) ?? []);

function redisCodeOf(error: unknown): string | undefined {
  const [, first, second] = /^([A-Z]+)\b(?: ([A-Z]+)\b)?/.exec(messageOf(error)) ?? [];
  // Older kvrocks puts ERR before another code.
  if (first === "ERR" && second !== undefined && REASONS.has(second)) return second;
  return first !== undefined && REASONS.has(first) ? first : undefined;
}

function systemCodeOf(error: unknown): string | undefined {
  const code = property(error, "code");
  return SYSTEM_CODE.test(code) || TLS_CODE.test(code) ? code : undefined;
}

/** Error codes of system calls and of Node's HTTP client. */
const SYSTEM_CODE = /^(E[A-Z]{2,15}|UND_ERR_[A-Z_]{2,30})$/;

/** Codes of Node and OpenSSL for a failure of TLS or a wrong certificate. */
export const TLS_CODE: RegExp =
  /^(EPROTO|ERR_(TLS|SSL)_[A-Z\d_]{2,40}|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|[A-Z_]{0,30}(CERT|CRL|SIGNATURE|HOSTNAME|PUBLIC_KEY)[A-Z_]{0,30})$/;
