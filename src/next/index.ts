/**
 * Sessions in Next 15 and 16: Server Components, Server Actions, Route Handlers, and proxy or middleware.
 *
 * @module
 */
export { type RwtNext, type RwtNextOptions, rwtNext } from "./rwt-next.ts";
