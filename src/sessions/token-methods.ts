import { readCallOptions } from "../call-options.ts";
import { RotationLimitError } from "../errors.ts";
import { toBase64Url } from "../lib/bytes.ts";
import type { ServiceParts } from "../parts.ts";
import { scriptCall } from "../redis/command.ts";
import { unexpectedReply } from "../redis/faults.ts";
import { word } from "../redis/replies.ts";
import { isRotatedAway } from "../redis/rotated-away.ts";
import { keysOf } from "../redis/session-store.ts";
import { agree, contentsOf, factsIn, NO_EPOCH, readSessionHeader } from "../redis/value.ts";
import type { StoreCallOptions } from "../store.ts";
import { readAuthentication } from "../token/authentication.ts";
import { readFacts, readLine } from "../token/facts.ts";
import { type Opened, ttlOf } from "../token/memo.ts";
import { openToken, refusePromise, tokenOfGeneration } from "../token/token.ts";
import { compareAndSet } from "./compare-and-set.ts";
import { readRotateOptions, readUpdateOptions, type SessionsSettings } from "./options.ts";
import { fittingJson, validate } from "./schema.ts";
import type { Shelves } from "./shelves.ts";
import type { TokenMethods } from "./types.ts";

/** A session's data, and the state that it was read in, as the script `update` expects it. */
interface Read {
  readonly data: unknown;
  readonly expected: string;
}

/** The methods for the session of one token. */
export function createTokenMethods(
  parts: ServiceParts,
  shelves: Shelves,
  { schema }: SessionsSettings,
): TokenMethods<unknown, unknown> {
  const { settings, ring, open, lines } = parts;
  const { store, now } = settings;

  /** @param expected - the state that was read; empty to write in any case */
  async function write(
    opened: Opened,
    json: string,
    expected: string,
    call: StoreCallOptions,
  ): Promise<number> {
    const at = { key: opened.redis.session, number: 3 } as const;
    const [line, resealed] = [
      await lines.seal(at, json, opened.keys),
      await lines.reseal(at, json, opened.keys),
    ];
    const args = [String(opened.generation), line, resealed, expected, String(now())];
    return Number(word(await store.run(scriptCall("update", keysOf(opened), args), call), ["0", "1", "2"]));
  }

  /** At the primary: a replica or the cache may not have the session yet, or show data that the script then finds replaced. */
  async function read(opened: Opened, call: StoreCallOptions): Promise<Read | null> {
    const { redis } = opened;
    const snapshot = await store.read(redis, { ...call, fresh: true });
    const headers = agree(snapshot, redis.person !== undefined);
    if (headers === null) return null;
    // The function must not see the data of a session whose token was rotated away.
    if (await isRotatedAway(store, opened, headers.session, { ...call, now: now() })) return null;
    const { data: line, dataAt } = contentsOf(snapshot, headers, redis);
    const data = await readLine(lines, dataAt, line);
    if (data === undefined) return null;
    const { epoch = NO_EPOCH, serial = "00000000" } = headers.person ?? {};
    return { data, expected: `${headers.session.revision} ${epoch} ${serial}` };
  }

  /** Reads, changes and writes the data once. @returns `null` if another change came in between */
  async function change(
    opened: Opened,
    how: (data: unknown) => unknown,
    call: StoreCallOptions,
  ): Promise<boolean | null> {
    const found = await read(opened, call);
    if (found === null) return false;
    const fitting = schema === undefined ? { value: found.data } : await validate(schema, found.data);
    if (!("value" in fitting)) return false;
    const json = await fittingJson(schema, await how(fitting.value));
    const reply = await write(opened, json, found.expected, call);
    return reply === 2 ? null : reply === 1;
  }

  /** The subject of a session that a rotation ended because of reuse, if this service can read its value. */
  async function ownerOf(value: unknown, { redis }: Opened): Promise<string | undefined> {
    const header = typeof value === "string" ? readSessionHeader(value) : null;
    if (header === null) return undefined;
    const at = { key: redis.session, number: 2, issuedAt: Number(header.iat) } as const;
    return (await readFacts(lines, at, factsIn(value as string)))?.subject;
  }

  /** @param stamp - line 4 to write, and the line instead if the session is encrypted; none to keep it */
  async function rotate(
    opened: Opened,
    token: string,
    how: readonly [grace: string, retry: string],
    stamp: readonly string[],
    call: StoreCallOptions,
  ): Promise<string | null> {
    const args = [String(opened.generation), ...how, String(ttlOf(opened, now())), String(now()), ...stamp];
    const reply = await store.run(scriptCall("rotate", keysOf(opened), args), call);
    const [first, detail] = Array.isArray(reply) ? reply : [];
    const status = word(first, ["rotated", "reuse", "late", "ended", "limit"]);
    if (status === "rotated") {
      const generation = Number(detail ?? Number.NaN);
      if (!Number.isInteger(generation)) throw unexpectedReply();
      return tokenOfGeneration(opened.keys, token, generation);
    }
    if (status === "reuse") {
      const subject = await ownerOf(detail, opened).catch(() => undefined);
      parts.tell({ type: "token_reuse", subject });
    }
    if (status === "limit")
      throw new RotationLimitError("the token has been rotated 65,535 times: sign the user in again");
    return null;
  }

  return {
    async update(token, data, options = {}) {
      const { retries, call } = readUpdateOptions(options, typeof data === "function");
      if (typeof data === "function") {
        const opened = await open(token);
        const how = data as (data: unknown) => unknown;
        return opened !== null && compareAndSet(() => change(opened, how, call), retries, call);
      }
      const json = await fittingJson(schema, data);
      const opened = await open(token);
      return opened !== null && (await write(opened, json, "", call)) === 1;
    },

    async rotate(token, options = {}) {
      const { grace, retry, call } = readRotateOptions(options);
      const opened = await open(token);
      return opened && rotate(opened, token as string, [String(grace), retry ? "1" : "0"], [], call);
    },

    async reauthenticate(token, auth, options = {}) {
      const call = readCallOptions(options);
      const json = JSON.stringify(readAuthentication(auth, now()));
      const opened = await open(token);
      if (opened === null) return null;
      const at = { key: opened.redis.session, number: 4 } as const;
      const stamp = [await lines.seal(at, json, opened.keys), await lines.reseal(at, json, opened.keys)];
      return rotate(opened, token as string, ["0", "0"], stamp, call);
    },

    async idOf(token) {
      refusePromise(token);
      const keys = await ring();
      const opened = await openToken(keys, token);
      const ids = opened && (await shelves.publicIds())[keys.indexOf(opened.keys)];
      return ids ? ids.idOf(toBase64Url(opened.lookup)) : null;
    },
  };
}
