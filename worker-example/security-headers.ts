import type { MiddlewareHandler } from "hono";
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
