import { bearerHeader, honoRoute } from "../lib/hono-route.ts";
import type { Peer, Route } from "../lib/peer.ts";
import { user } from "../lib/user.ts";
import { plainExpress } from "../peers/express-session.ts";
import { peers } from "../peers/index.ts";

/** What a route's process needs of a peer. */
export type RoutePeer = Pick<Peer, "name" | "kind" | "sign" | "route">;

/** A route with nothing before it, by which those of its framework are measured. */
const plain = (name: string, route: Route) => async (): Promise<RoutePeer> => ({
  name,
  kind: "bare",
  sign: async () => "none",
  route,
});

/** In the order of the table. */
export const routes: readonly ((redisUrl: string) => Promise<RoutePeer>)[] = [
  plain("plain Hono route", honoRoute([], () => user, bearerHeader).route),
  plain("plain Express route", { framework: "Express", listener: plainExpress, headers: bearerHeader }),
  ...peers,
];
