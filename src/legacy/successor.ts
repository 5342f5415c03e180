import { fromBase64Url, toBase64Url } from "../lib/bytes.ts";
import type { ServiceParts } from "../parts.ts";
import { query } from "../redis/command.ts";
import { text } from "../redis/replies.ts";
import { readSessionHeader } from "../redis/value.ts";
import type { StoreCallOptions } from "../store.ts";
import { sessionKeys } from "../token/keys.ts";
import { BODY_BYTES, readTokenBody, writeToken } from "../token/token.ts";

/** What an old token's hash notes of the new one: its body as it was signed, which proves nothing without the secret. */
export const bodyOf = (token: string): string =>
  toBase64Url(fromBase64Url(token.slice(4)).slice(0, BODY_BYTES));

/**
 * The present token of the session that a body names, which may have been rotated since.
 *
 * @returns `undefined` where the session has ended, or none of the secrets signed the body
 */
export async function presentToken(
  { settings, ring }: ServiceParts,
  body: string,
  options: StoreCallOptions,
): Promise<string | undefined> {
  // Two characters more make whole groups of four.
  const bytes = fromBase64Url(body.padEnd(56, "A")).slice(0, BODY_BYTES);
  for (const keys of await ring()) {
    if (keys.kid !== bytes[1]) continue;
    const opened = await readTokenBody(keys, bytes);
    const { session } = sessionKeys(settings.prefix, opened.lookup, opened.person);
    // Not by `read`, which a cache may answer: reuse of an older token that it gave would end the session.
    const value = text(await settings.store.run(query("GET", [session]), options));
    const header = value === null ? null : readSessionHeader(value);
    if (header !== null) return (await writeToken(keys, { ...opened, generation: header.generation })).token;
  }
  return undefined;
}
