import type { MiddlewareHandler } from "hono";
import { csrf } from "hono/csrf";
import { secureHeaders } from "hono/secure-headers";

/** The pages run and load what this site serves as files, post to nobody else, and stand in nobody's frame. */
export const securityHeaders = (): MiddlewareHandler =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      connectSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: "DENY",
    // Under Hono's "no-referrer" a browser's form posts say "Origin: null", even to their own site.
    referrerPolicy: "same-origin",
  });

/**
 * Refuses forms that another site's page posts (CSRF), such as one that signs its visitors in as somebody else.
 *
 * A request with neither Origin nor Sec-Fetch-Site comes from no browser: every one of today sends the first with
 * each POST, and most the second too. It is curl or a service, which nobody's page can make send anything.
 */
export function formsOfThisSiteOnly(): MiddlewareHandler {
  const protection = csrf();
  return async function formsOfThisSiteOnly(c, next) {
    const isBrowser = c.req.header("Origin") !== undefined || c.req.header("Sec-Fetch-Site") !== undefined;
    return isBrowser ? protection(c, next) : next();
  };
}
