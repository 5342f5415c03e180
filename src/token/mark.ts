import { equalInConstantTime, fromBase64Url, toBase64Url, utf8 } from "../lib/bytes.ts";
import type { Freshness } from "../store.ts";
import type { Mac } from "./mac.ts";

/** What `mark` returns if only the primary is known to have what was written. */
const AT_PRIMARY = "primary";

/** A mark: the store's text in base64url, and half of its MAC. */
const SHAPE = /^([\w-]{1,1000})\.([\w-]{22})$/;

/**
 * Seals a store's mark, so that it can travel through a browser: with a mark of their own, clients could make a store wait until it
 * times out.
 *
 * @param text - the store's mark; `""` if the store can't name what it has written
 */
export async function sealMark(mac: Mac, text: string): Promise<string> {
  if (text === "") return AT_PRIMARY;
  const bytes = utf8(text);
  return `${toBase64Url(bytes)}.${toBase64Url((await mac(bytes)).slice(0, 16))}`;
}

/**
 * Opens marks. A store can wait for one of them only, so several need the primary, as does anything that isn't a genuine mark.
 *
 * @param macs - by secret, newest first
 */
export async function openMarks(macs: readonly Mac[], marks: readonly string[]): Promise<Freshness> {
  const [mark, ...others] = new Set(marks);
  if (mark === undefined) return {};
  const [, text = "", seal = ""] = SHAPE.exec(mark) ?? [];
  if (text === "" || others.length > 0) return { fresh: true };
  const bytes = fromBase64Url(text);
  for (const mac of macs) {
    const genuine = (await mac(bytes)).slice(0, 16);
    if (equalInConstantTime(genuine, fromBase64Url(seal))) return { after: new TextDecoder().decode(bytes) };
  }
  return { fresh: true };
}
