import type { CallOptions } from "../call-options.ts";
import { command, query, scriptCall, WRITES } from "../redis/command.ts";
import { unexpectedReply } from "../redis/faults.ts";
import { flag, seconds, text } from "../redis/replies.ts";
import type { ScriptName } from "../redis/scripts.ts";
import type { TokenStore } from "../store.ts";

/** What an old token's hash holds. */
export interface OldHash {
  /** The user, unless there is a successor. The old libraries stored every value as text. */
  readonly user: Readonly<Record<string, string>>;
  /** The body of the new token that this one was exchanged for, as base64url. From then on the new token counts. */
  readonly successor: string | undefined;
}

/** The old libraries' hashes in Redis. No operation creates one, and none leaves one without an expiry. */
export interface OldHashes {
  /** @param ttl - seconds to live, set by a sliding read, and for a hash without an expiry */
  read(key: string, ttl: number, slide: boolean, options: CallOptions): Promise<OldHash | null>;
  /**
   * Records a token's exchange, and lets it live for at most `grace` more seconds.
   *
   * @returns the recorded successor: another request's, if that came first; `null` if there is no such token
   */
  exchange(key: string, successor: string, grace: number, options: CallOptions): Promise<string | null>;
  /** Removes the hash, unless it has a successor: then it returns the successor and keeps the hash. */
  removeUnlessExchanged(key: string, options: CallOptions): Promise<boolean | { readonly successor: string }>;
  remove(key: string, options: CallOptions): Promise<boolean>;
  /** Runs one step of SCAN over the hashes whose keys begin with the prefix. */
  scan(cursor: string, prefix: string, options: CallOptions): Promise<{ cursor: string; keys: string[] }>;
  /** Gives a hash an expiry if it has none, and returns whether it had none. */
  expireOrphan(key: string, ttl: number, options: CallOptions): Promise<boolean>;
}

/** A field that no user of the old libraries has. */
const MARK = "rwt:upgraded";

const SCAN_COUNT = "200";

export function oldHashes(store: TokenStore): OldHashes {
  const evaluate = (script: ScriptName, key: string, args: readonly string[], options: CallOptions) =>
    store.run(scriptCall(script, [key], args), options);

  return {
    async read(key, ttl, slide, options) {
      const reply = text(await evaluate("legacy-read", key, [seconds(ttl), slide ? "1" : "0"], options));
      return reply === null ? null : decode(reply);
    },
    async exchange(key, successor, grace, options) {
      return text(await evaluate("legacy-exchange", key, [successor, seconds(grace)], options));
    },
    async removeUnlessExchanged(key, options) {
      const reply = await evaluate("legacy-remove", key, [], options);
      return typeof reply === "string" && reply.length > 1 ? { successor: reply } : flag(reply);
    },
    async remove(key, options) {
      return flag(await store.run(command("DEL", [key], [], WRITES), options));
    },
    async scan(cursor, prefix, options) {
      const pattern = `${prefix.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)}*`;
      const words = [cursor, "MATCH", pattern, "COUNT", SCAN_COUNT, "TYPE", "hash"];
      const reply = await store.run(query("SCAN", [], words), options);
      if (!Array.isArray(reply) || !Array.isArray(reply[1])) throw unexpectedReply();
      return { cursor: String(reply[0]), keys: reply[1].map(String) };
    },
    async expireOrphan(key, ttl, options) {
      return flag(await evaluate("legacy-expire", key, [seconds(ttl)], options));
    },
  };
}

function decode(reply: string): OldHash {
  const fields = parse(reply.slice(1));
  const pairs: [string, string][] = [];
  for (let i = 0; i < fields.length; i += 2) pairs.push([fields[i] ?? "", fields[i + 1] ?? ""]);
  const successor = pairs.find(([name]) => name === MARK)?.[1];
  return { user: Object.fromEntries(pairs), successor };
}

function parse(json: string): string[] {
  try {
    const fields: unknown = JSON.parse(json);
    if (Array.isArray(fields)) return fields.map(String);
  } catch {
    // Not the script's reply.
  }
  throw unexpectedReply();
}
