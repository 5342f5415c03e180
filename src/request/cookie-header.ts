/**
 * The values of a `Cookie` header's pairs of one name, in their order: browsers send several where hosts or paths differ,
 * that of the longest path first (RFC 6265 §5.4). Clients write blanks around names and values, and values in quotes (RFC 2965).
 */
export function cookiesNamed(name: string, header: string): string[] {
  // Blanks and tabs alone are not part of a name: with other white space, browsers let any host set `__Host-rwt`. Quotes protect
  // no semicolon, and a comma separates nothing (§4.2.1): else a cookie could be smuggled in another one's value.
  const pairs = new RegExp(
    `(?:^|;)[ \\t]*${name.replace(/[$*+.^|]/g, "\\$&")}[ \\t]*=[ \\t]*"?([^\\s;"]+)`,
    "g",
  );
  return [...header.matchAll(pairs)].map(([, value = ""]) => value);
}
