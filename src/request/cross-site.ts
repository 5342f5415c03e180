import { originOf } from "./origin.ts";

/** The part of the web's `Headers` that is needed. */
export type RequestHeaders = Pick<Headers, "get">;

/** The parts of a request that tell what it carries, and which page sent it. */
export interface RequestSource {
  readonly method: string | undefined;
  /** Absolute, with the host. */
  readonly url: string;
  readonly headers: RequestHeaders;
  /** Whether it opens a WebSocket, whatever its headers say. */
  readonly isUpgrade?: boolean | undefined;
}

/**
 * Whether a page of another origin may have sent a request that changes something (CSRF; OWASP ASVS 3.5.1) or opens a WebSocket
 * (RFC 6455 §10.2; ASVS 4.4.2). No page can forge `Origin` or `Sec-Fetch-Site`, so either is enough to refuse. A request without
 * both doesn't come from a browser, but from curl or a service, which no page can control.
 *
 * @param origins - the pages of other origins that may, as `originOf` writes them
 * @param paths - where requests of any page may come to, except to open a WebSocket
 */
export function isCrossSite(
  { method, url, headers, isUpgrade }: RequestSource,
  origins: readonly string[],
  paths: readonly string[],
): boolean {
  // A WebSocket handshake is a GET, and over HTTP/2 a CONNECT (RFC 8441). Over ws://, browsers send it without `Sec-Fetch-Site`.
  const opensSocket = isUpgrade || method === "CONNECT" || /websocket/i.test(`${headers.get("Upgrade")}`);
  if (/^(GET|HEAD|OPTIONS)$/i.test(`${method}`) && !opensSocket) return false;
  if (!opensSocket && paths.includes(url.replace(/^[^/]*\/\/[^/?#]*|[?#].*/g, ""))) return false;
  const sent = headers.get("Origin");
  const origin = `${originOf(`${sent}`)}`;
  if (origins.includes(origin)) return false;

  const site = headers.get("Sec-Fetch-Site");
  // "none" is the user's own action, such as a bookmark. "same-site" is another host, which may belong to somebody else.
  if (site && !/^(same-origin|none)$/.test(site)) return true;
  // A page's own requests may have no Origin, or "null" with `Referrer-Policy: no-referrer`. Without `Sec-Fetch-Site`, as in old
  // browsers, "null" may also be a page of another origin.
  if (sent === null || (sent === "null" && site)) return false;

  // Behind a proxy, a framework's URL may have the internal host, and `Host` the one that the browser used. Ignore the scheme,
  // since a proxy may change it, and so accept the default port of http and https.
  const hosts = [url.split("/")[2], headers.get("Host") ?? ""];
  return !hosts.some((host) => [originOf(`http://${host}`), originOf(`https://${host}`)].includes(origin));
}
