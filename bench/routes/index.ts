import { bearerHeader, honoRoute } from "../lib/hono-route.ts";
import { openOurs } from "../lib/ours.ts";
import type { Framework, OpenPeer, Peer, Route } from "../lib/peer.ts";
import { user } from "../lib/user.ts";
import { openBetterAuth } from "../peers/better-auth.ts";
import { openExpressSession } from "../peers/express-session.ts";
import { openFastifySession } from "../peers/fastify-session.ts";
import { peers } from "../peers/index.ts";
import { openIronSession } from "../peers/iron-session.ts";
import { expressRoute, fastifyRoute } from "./checked.ts";
import { inNext } from "./next.ts";
import { openOursInExpress, openOursInFastify } from "./ours.ts";

/** The parts of a peer that a route's process needs. */
export type RoutePeer = Pick<Peer, "name" | "kind" | "sign" | "route">;

type OpenRoute = (redisUrl: string) => Promise<RoutePeer>;

/** A route without middlewares, the baseline of its framework. */
const plain =
  (route: Route): OpenRoute =>
  async () => ({ name: `plain ${route.framework} route`, kind: "bare", sign: async () => "none", route });

/** A library that is called as a function, in a route of another framework. */
const called =
  (
    open: OpenPeer,
    inFramework: (check: Peer["verify"], headers: Route["headers"]) => Promise<Route>,
  ): OpenRoute =>
  async (redisUrl) => {
    const { name, kind, sign, verify, route } = await open(redisUrl);
    if (route === undefined) throw new Error(`${name} has no route`);
    return { name, kind, sign, route: await inFramework(verify, route.headers) };
  };

const anybody = async () => user;

/** All routes of each framework, in the order of its table. */
export const routes: Readonly<Record<Framework, readonly OpenRoute[]>> = {
  Hono: [
    plain(honoRoute([], () => user, bearerHeader).route),
    ...peers.filter((open) => open !== openExpressSession),
  ],
  Express: [
    plain(await expressRoute(anybody, bearerHeader)),
    openOursInExpress,
    openExpressSession,
    called(openBetterAuth, expressRoute),
    called(openIronSession, expressRoute),
  ],
  Fastify: [
    plain(await fastifyRoute(anybody, bearerHeader)),
    openOursInFastify,
    openFastifySession,
    called(openBetterAuth, fastifyRoute),
    called(openIronSession, fastifyRoute),
  ],
  Next: [
    inNext("plain", async () => ({ name: "plain Next route", kind: "bare", sign: async () => "none" })),
    inNext("rwt", openOurs("ioredis", { subjects: false })),
    inNext("better-auth", openBetterAuth),
    inNext("iron-session", openIronSession),
  ],
};
