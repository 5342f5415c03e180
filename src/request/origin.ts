/**
 * A scheme and a host, and nothing that an `Origin` header doesn't have (RFC 6454 §7). URLs may have more in their hosts, such as
 * a brace of a template that nobody filled in. `app://.` is Electron's.
 */
const SHAPE = /^[a-z][a-z\d+.-]*:\/\/(\[[\da-f:.]+\]|\.|[\w\x80-\uffff-]+(\.[\w\x80-\uffff-]+)*\.?)(:\d*)?$/i;

/** Schemes of no page's origin: pages open WebSockets, and the origin of the others' is `null`, or that of whoever made them. */
const NO_PAGE = /^(wss?|ftp|file|data|blob|about|javascript):/i;

/**
 * An origin as browsers write it: in lower case, an international name in Punycode, without a default port. A dot at the end of
 * the host's name is dropped, for it is the same host.
 *
 * @returns `undefined` for what no browser sends as an origin, and for `null`, which any sandboxed page has
 */
export function originOf(text: string): string | undefined {
  if (!SHAPE.test(text) || NO_PAGE.test(text)) return undefined;
  try {
    const { protocol, host } = new URL(text.replace(/\.(:\d+)?$/, "$1"));
    // Only in schemes that it knows, `URL` writes the host in lower case.
    return `${protocol}//${host.toLowerCase()}`;
  } catch {
    return undefined;
  }
}
