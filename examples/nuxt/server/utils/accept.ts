import type { H3Event } from "h3";

/** Returns what a check found. Throws a refusal as the error that Nuxt shows: 400, 401, 403 or 503. */
export function accept<Found>(event: H3Event, found: Found | Response): Found {
  if (!(found instanceof Response)) return found;
  setResponseHeaders(event, Object.fromEntries(found.headers)); // Nuxt replaces Content-Type
  throw createError({ statusCode: found.status });
}
