/** `csrf.origins` of the services that the pages below send requests to. */
export const ALLOWED_ORIGINS: readonly string[] = [
  "https://app.example.org",
  "capacitor://localhost",
  "app://.",
  "http://[::1]",
  "https://Rückruf.example",
];

type Row = readonly [
  page: string,
  origin: string | undefined,
  fetchSite: string | undefined,
  status: 200 | 403,
];

/** Pages, what their browsers send as `Origin` and `Sec-Fetch-Site`, and whether a POST of theirs passes. */
export const ORIGINS: readonly Row[] = [
  ["its own page", "http://HOST", "same-origin", 200],
  ["its own page over HTTPS at another port", "https://127.0.0.1:1", undefined, 403],
  ["another site", "https://evil.example", "cross-site", 403],
  ["another site in an old browser", "https://evil.example", undefined, 403],
  ["another host of the site", undefined, "same-site", 403],
  ["a bookmark", undefined, "none", 200],
  ["no browser", undefined, undefined, 200],
  ["a page without a referrer", "null", "same-origin", 200],
  ["a sandboxed page", "null", undefined, 403],
  ["a sandboxed page of another site", "null", "cross-site", 403],
  ["an empty Origin", "", undefined, 403],
  ["a made-up Sec-Fetch-Site", "http://HOST", "Same-Origin", 403],
  ["an Origin of two", "http://HOST, https://evil.example", undefined, 403],
  ["an Origin with a path", "http://HOST/", undefined, 403],
  ["an Origin with a user", "http://HOST@evil.example", undefined, 403],
  ["an Origin in capitals", "HTTP://HOST", undefined, 200],
  ["an allowed origin", "https://app.example.org", "cross-site", 200],
  ["an allowed origin with its default port", "https://app.example.org:443", "cross-site", 200],
  ["an allowed origin with a dot", "https://APP.example.org.", "cross-site", 200],
  ["an allowed origin at another port", "https://app.example.org:444", "cross-site", 403],
  ["an allowed origin at no port", "https://app.example.org:99999", "cross-site", 403],
  ["an allowed origin over HTTP", "http://app.example.org", "cross-site", 403],
  ["an app", "capacitor://localhost", "cross-site", 200],
  ["Electron", "app://.", "cross-site", 200],
  ["an address of IPv6", "http://[0:0::1]:80", "cross-site", 200],
  ["an international name", "https://xn--rckruf-3ya.example", "cross-site", 200],
];
