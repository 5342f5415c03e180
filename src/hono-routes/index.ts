/**
 * Hono routes for services that have no Redis: token introspection (RFC 7662), revocation (RFC 7009) and extension.
 *
 * @module
 */

export type { RouteAction, RouteClient } from "./clients.ts";
export type { RouteFailure } from "./failure.ts";
export { type OpenApiOptions, rwtOpenApi } from "./openapi.ts";
export type { RwtRoutesOptions } from "./options.ts";
export { rwtRoutes } from "./routes.ts";
