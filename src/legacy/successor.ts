import { fromBase64Url, toBase64Url } from "../lib/bytes.ts";
import type { ServiceParts } from "../parts.ts";
import { readSessionHeader } from "../redis/value.ts";
import type { StoreCallOptions } from "../store.ts";
import { sessionKeys } from "../token/keys.ts";
import { BODY_BYTES, readTokenBody, writeToken } from "../token/token.ts";

/** The part of a new token that the old one's hash records: its body as it was signed, which is useless without the secret. */
export const bodyOf = (token: string): string =>
  toBase64Url(fromBase64Url(token.slice(4)).slice(0, BODY_BYTES));

/**
 * Returns the current token of a body's session, which may have been rotated meanwhile.
 *
 * @returns `undefined` if the session has ended, or the body belongs to none of the secrets
 */
export async function presentToken(
  { settings, ring }: ServiceParts,
  body: string,
  options: StoreCallOptions,
): Promise<string | undefined> {
  // Pad to whole groups of four, as the decoder needs.
  const bytes = fromBase64Url(body.padEnd(56, "A")).slice(0, BODY_BYTES);
  for (const keys of await ring()) {
    if (keys.kid !== bytes[1]) continue;
    const opened = await readTokenBody(keys, bytes);
    const redis = sessionKeys(settings.prefix, opened.lookup, opened.person);
    // At the primary: a cache or a replica may have an older generation, whose token would count as reuse and end the session.
    const { session: value } = await settings.store.read(redis, { ...options, fresh: true });
    const header = value === null ? null : readSessionHeader(value);
    if (header !== null) return (await writeToken(keys, { ...opened, generation: header.generation })).token;
  }
  return undefined;
}
