/**
 * A scheme and a host, and nothing that an `Origin` header doesn't have (RFC 6454 §7). URLs may have more in their hosts, such as
 * a brace of a template that nobody filled in. `app://.` is Electron's. Some schemes are of no page's origin: pages open
 * WebSockets, and the origin of others is `null`, or that of whoever made them.
 */
const SHAPE = /^(?!(wss?|ftp|file):|.*\/\.\w)[a-z][a-z\d+.-]*:\/\/[^\s!-,/;-@\\^`{-~]+$/i;

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
    // Only in schemes that it knows, `URL` writes the host in lower case.
    return `${protocol}//${host.toLowerCase()}`;
  } catch {
    return undefined;
  }
}
