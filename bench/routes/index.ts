import { bearerHeader, honoRoute } from "../lib/hono-route.ts";
import type { Peer, Route } from "../lib/peer.ts";
import { user } from "../lib/user.ts";
import { plainExpress } from "../peers/express-session.ts";
import { peers } from "../peers/index.ts";

/** The parts of a peer that a route's process needs. */
export type RoutePeer = Pick<Peer, "name" | "kind" | "sign" | "route">;

/** A route without middlewares, the baseline of its framework. */
const plain = (name: string, route: Route) => async (): Promise<RoutePeer> => ({
  name,
  kind: "bare",
  sign: async () => "none",
  route,
});

/** All routes, in the order of the table. */
export const routes: readonly ((redisUrl: string) => Promise<RoutePeer>)[] = [
  plain("plain Hono route", honoRoute([], () => user, bearerHeader).route),
  plain("plain Express route", { framework: "Express", listener: plainExpress, headers: bearerHeader }),
  ...peers,
];
