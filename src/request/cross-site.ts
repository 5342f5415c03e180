import { originOf } from "./origin.ts";

/** The web's `Headers`, as far as they are needed. */
export type RequestHeaders = Pick<Headers, "get">;

/** What of a request tells what it carries, and which page it comes from. */
export interface RequestSource {
  readonly method: string | undefined;
  /** With its host. */
  readonly url: string;
  readonly headers: RequestHeaders;
  /** Whether it opens a WebSocket, whatever its headers say. */
  readonly isUpgrade?: boolean | undefined;
}

/**
 * Whether another site's page may have sent a request that changes something (CSRF; OWASP ASVS 3.5.1), or opens a WebSocket
 * (RFC 6455 §10.2; ASVS 4.4.2). No page can forge `Origin` or `Sec-Fetch-Site`, so each may refuse. What has neither comes from
 * no browser: it is curl or a service, which no page can make send anything.
 *
 * @param origins - the pages of other origins that may, as `originOf` writes them
 * @param paths - where requests of any page may come to, except to open a WebSocket
 */
export function isCrossSite(
  { method, url, headers, isUpgrade }: RequestSource,
  origins: readonly string[],
  paths: readonly string[],
): boolean {
  // Browsers send no `Sec-Fetch-Site` with ws://. Over HTTP/2 the method is CONNECT (RFC 8441).
  const opensSocket = isUpgrade || /websocket/i.test(`${headers.get("Upgrade")}`);
  if (/^(GET|HEAD|OPTIONS)$/i.test(`${method}`) && !opensSocket) return false;
  if (!opensSocket && paths.includes(url.replace(/^[^/]*\/\/[^/?#]*|[?#].*/g, ""))) return false;
  const sent = headers.get("Origin");
  const origin = `${originOf(`${sent}`)}`;
  if (origins.includes(origin)) return false;

  const site = headers.get("Sec-Fetch-Site");
  // "none" is the user's own doing; "same-site" another host, which may be in other hands.
  if (site && !/^(same-origin|none)$/.test(site)) return true;
  // The page's own requests have none, or "null" under `Referrer-Policy: no-referrer`; old browsers don't tell it from others'.
  if (sent === null || (sent === "null" && site)) return false;

  // A framework behind a proxy may make the URL of its own address: the browser's word is in Host. The scheme doesn't count,
  // since a proxy may have changed it, so that the default port is that of either.
  const hosts = [url.split("/")[2], headers.get("Host") ?? ""];
  return !hosts.some((host) => [originOf(`http://${host}`), originOf(`https://${host}`)].includes(origin));
}
