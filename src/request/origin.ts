/** A scheme and a host, and nothing that an `Origin` header doesn't have (RFC 6454 §7). No page comes by `ws:` or `ftp:`. */
const SHAPE = /^(?!ws|ftp)[a-z][a-z\d+.-]*:\/\/[^\s/\\?#@%*,]+$/i;

/**
 * An origin as browsers write it: in lower case, an international name in Punycode, without a default port. A dot at the end of
 * the host's name is dropped, for it is the same host.
 *
 * @returns `undefined` for what no browser sends as an origin, and for `null`, which any sandboxed page has
 */
export function originOf(text: string): string | undefined {
  if (!SHAPE.test(text)) return undefined;
  try {
    const { protocol, host } = new URL(text.replace(/\.(:\d+)?$/, "$1"));
    return `${protocol}//${host}`;
  } catch {
    return undefined;
  }
}
