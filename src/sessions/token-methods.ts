import { RotationLimitError, StoreUnavailableError } from "../errors.ts";
import { toBase64Url } from "../lib/bytes.ts";
import { readCallOptions } from "../options.ts";
import type { ServiceParts } from "../parts.ts";
import { scriptCall } from "../redis/command.ts";
import { unexpectedReply } from "../redis/faults.ts";
import { word } from "../redis/replies.ts";
import { keysOf } from "../redis/session-store.ts";
import { agree, contentsOf, factsIn, NO_EPOCH, readSessionHeader } from "../redis/value.ts";
import type { StoreCallOptions } from "../store.ts";
import { readFacts, readLine } from "../token/facts.ts";
import { type Opened, ttlOf } from "../token/memo.ts";
import { openToken, tokenOfGeneration } from "../token/token.ts";
import { readRotateOptions, type SessionsSettings } from "./options.ts";
import { fittingJson, validate } from "./schema.ts";
import type { Shelves } from "./shelves.ts";
import type { TokenMethods } from "./types.ts";

/** How often an update with a function is tried while others change the session. */
const ATTEMPTS = 1000;

/** The longest wait between two attempts, in milliseconds. */
const LONGEST_WAIT = 50;

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

  async function read({ redis }: Opened, call: StoreCallOptions): Promise<Read | null> {
    const snapshot = await store.read(redis, call);
    const headers = agree(snapshot, redis.person !== undefined);
    if (headers === null) return null;
    const { data: line, dataAt } = contentsOf(snapshot, headers, redis);
    const data = await readLine(lines, dataAt, line);
    if (data === undefined) return null;
    const { epoch = NO_EPOCH, serial = "00000000" } = headers.person ?? {};
    return { data, expected: `${headers.session.revision} ${epoch} ${serial}` };
  }

  /** Reads, changes and writes the data. Retries if another change came in between. */
  async function change(
    opened: Opened,
    how: (data: unknown) => unknown,
    call: StoreCallOptions,
  ): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = await read(opened, call);
      if (found === null) return false;
      const fitting = schema === undefined ? { value: found.data } : await validate(schema, found.data);
      if (!("value" in fitting)) return false;
      const json = await fittingJson(schema, await how(fitting.value));
      const reply = await write(opened, json, found.expected, call);
      if (reply !== 2) return reply === 1;
      // Wait longer after each attempt, so that with many callers each gets its turn.
      const wait = Math.random() * Math.min(2 * attempt, LONGEST_WAIT);
      await new Promise((resolve) => setTimeout(resolve, wait));
      call.signal?.throwIfAborted();
    }
    throw new StoreUnavailableError(
      "server",
      `the session was changed by others ${ATTEMPTS} times in a row: retry`,
    );
  }

  /** The subject of a session that a rotation ended because of reuse, if this service can read its value. */
  async function ownerOf(value: unknown, { redis }: Opened): Promise<string | undefined> {
    const header = typeof value === "string" ? readSessionHeader(value) : null;
    if (header === null) return undefined;
    const at = { key: redis.session, number: 2, issuedAt: Number(header.iat) } as const;
    return (await readFacts(lines, at, factsIn(value as string)))?.subject;
  }

  return {
    async update(token, data, options = {}) {
      const call = readCallOptions(options);
      if (typeof data === "function") {
        const opened = await open(token);
        return opened !== null && change(opened, data as (data: unknown) => unknown, call);
      }
      const json = await fittingJson(schema, data);
      const opened = await open(token);
      return opened !== null && (await write(opened, json, "", call)) === 1;
    },

    async rotate(token, options = {}) {
      const { grace, retry, call } = readRotateOptions(options);
      const opened = await open(token);
      if (opened === null) return null;
      const args = [opened.generation, grace, retry ? 1 : 0, ttlOf(opened, now()), now()].map(String);
      const reply = await store.run(scriptCall("rotate", keysOf(opened), args), call);
      const [first, detail] = Array.isArray(reply) ? reply : [];
      const status = word(first, ["rotated", "reuse", "late", "ended", "limit"]);
      if (status === "rotated") {
        const generation = Number(detail ?? Number.NaN);
        if (!Number.isInteger(generation)) throw unexpectedReply();
        return tokenOfGeneration(opened.keys, token as string, generation);
      }
      if (status === "reuse") {
        const subject = await ownerOf(detail, opened).catch(() => undefined);
        parts.tell({ type: "token_reuse", subject });
      }
      if (status === "limit")
        throw new RotationLimitError("the token has been rotated 65,535 times: sign the user in again");
      return null;
    },

    async idOf(token) {
      const keys = await ring();
      const opened = await openToken(keys, token);
      const ids = opened && (await shelves.publicIds())[keys.indexOf(opened.keys)];
      return ids ? ids.idOf(toBase64Url(opened.lookup)) : null;
    },
  };
}
