import { joined, toBase64Url, utf8 } from "../lib/bytes.ts";
import { randomBytes } from "../lib/random.ts";
import type { SubjectShelf } from "./token.ts";

/** Bounds of a code's length. Six digits are the least that NIST SP 800-63B allows. */
export const MIN_DIGITS = 6;
export const MAX_DIGITS = 12;

const SHAPE = /^[0-9]{6,12}$/;

/** Whether a value has the form of a code, so that asking Redis makes sense. */
export const looksLikeCode = (code: unknown): code is string => typeof code === "string" && SHAPE.test(code);

/** Makes a code of random digits, each equally likely. */
export function randomCode(digits: number): string {
  let code = "";
  while (code.length < digits) {
    const [byte = 0] = randomBytes(1);
    // 250 is the largest multiple of ten that fits into a byte: above it, low digits would come more often.
    if (byte < 250) code += byte % 10;
  }
  return code;
}

/** Hashes a code together with the person whom it was sent to, so that it proves nothing for another one. 16 bytes in base64url. */
export const hashCode = async ({ keys, person }: SubjectShelf, code: string): Promise<string> =>
  toBase64Url((await keys.code(joined(person, utf8(code)))).slice(0, 16));
