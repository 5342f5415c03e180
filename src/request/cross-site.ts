/** The web's `Headers`, as far as they are needed. */
export type RequestHeaders = Pick<Headers, "get">;

/** What of a request tells which page it comes from. */
export interface RequestSource {
  /** Where it isn't known, the request counts as one that changes something. */
  readonly method: string | undefined;
  /** With its host. */
  readonly url: string;
  readonly headers: RequestHeaders;
}

/**
 * Whether another site's page may have sent a request that changes something (CSRF; OWASP ASVS 3.5.1). `Sec-Fetch-Site`
 * decides, which no page can forge; for browsers without it, `Origin` beside the request's own host, whose scheme a proxy
 * may have changed. What has neither comes from no browser: it is curl or a service, which no page can make send anything.
 *
 * @param origins - the pages of other origins that may
 */
export function isCrossSite({ method, url, headers }: RequestSource, origins: readonly string[]): boolean {
  const origin = headers.get("Origin");
  if (/^(GET|HEAD|OPTIONS)$/.test(`${method}`) || origins.includes(origin ?? "")) return false;
  const site = headers.get("Sec-Fetch-Site");
  // "none" is the user's own doing; "same-site" another host, which may be in other hands.
  if (site) return !/^(same-origin|none)$/.test(site);
  return origin !== null && origin.split("/")[2] !== url.split("/")[2];
}
