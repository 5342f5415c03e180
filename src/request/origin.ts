/**
 * A scheme and a host, with only the characters that an `Origin` header may have (RFC 6454 §7). `URL` accepts more in a host, such
 * as a brace of a template that was never filled in. `app://.` is Electron's. No page's origin has the scheme ws, wss, ftp or file.
 */
const SHAPE = /^(?!(wss?|ftp|file):|.*\/\.\w)[a-z][a-z\d+.-]*:\/\/[^\s!-,/;-@\\^`{-~]+$/i;

/**
 * Normalizes an origin to the form that browsers send: in lower case, an international name in Punycode, without a default port. It
 * removes a dot at the end of the host's name, which is the same host.
 *
 * @returns `undefined` for text that no browser sends as an origin, and for `null`, the origin of every sandboxed page
 */
export function originOf(text: string): string | undefined {
  if (!SHAPE.test(text)) return undefined;
  try {
    const { protocol, host } = new URL(text.replace(/\.(:\d+)?$/, "$1"));
    // `URL` lowercases the host only for schemes that it knows.
    return `${protocol}//${host.toLowerCase()}`;
  } catch {
    return undefined;
  }
}
