/**
 * Returns the values of all cookies of one name, in their order. Browsers send several if their hosts or paths differ, the one with
 * the longest path first (RFC 6265 §5.4). Clients may put blanks around names and values, and quotes around values (RFC 2965).
 */
export function cookiesNamed(name: string, header: string): string[] {
  // Skip only blanks and tabs before a name: browsers treat other white space as part of it, so that any host could set such a
  // `__Host-rwt`. A semicolon ends a value even within quotes, and a comma doesn't (§4.2.1): otherwise one cookie's value could
  // smuggle in another cookie.
  const pairs = new RegExp(
    `(?:^|;)[ \\t]*${name.replace(/[$*+.^|]/g, "\\$&")}[ \\t]*=[ \\t]*"?([^\\s;"]+)`,
    "g",
  );
  return [...header.matchAll(pairs)].map(([, value = ""]) => value);
}
