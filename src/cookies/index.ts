/**
 * Sessions over any cookie jar, such as those of Next, SvelteKit, Astro and h3.
 *
 * @module
 */
export type { LazyService } from "../request/lazy-service.ts";
export {
  type CookieAuth,
  type CookieAuthOptions,
  type CookieJar,
  cookieAuth,
  type RequestCookies,
} from "./cookie-auth.ts";
