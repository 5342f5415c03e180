/** A client's credentials. */
export interface Credentials {
  /** `undefined` for a Bearer secret, which comes without an id. */
  readonly id: string | undefined;
  readonly secret: string;
}

/** Allows more characters than a token has: a client's secret may contain them (RFC 6749 appendix A.2, RFC 6750 §2.1). */
const BEARER = /^bearer +(.+)$/i;

/** RFC 7617 §2; the scheme's case doesn't matter (RFC 9110 §11.1). */
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;

/**
 * Reads an `Authorization` header: a Bearer secret, or Basic with the id and the secret form-urlencoded
 * (client_secret_basic, RFC 6749 §2.3.1). Many clients, such as curl, don't encode, so the pair is also read as it is.
 *
 * @returns an empty array if the header is neither of them, or malformed
 */
export function credentialsIn(authorization: string): Credentials[] {
  const bearer = BEARER.exec(authorization)?.[1];
  if (bearer !== undefined) return [{ id: undefined, secret: bearer }];
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(decodeBase64(BASIC.exec(authorization)?.[1] ?? "")) ?? [];
  if (id === undefined || secret === undefined) return [];
  return [{ id, secret }, ...formDecoded(id, secret)];
}

function decodeBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return "";
  }
}

function formDecoded(...encoded: readonly [string, string]): Credentials[] {
  try {
    const [id = "", secret = ""] = encoded.map((text) => decodeURIComponent(text.replaceAll("+", " ")));
    return [{ id, secret }];
  } catch {
    return [];
  }
}
