import express from "express";
import fastify from "fastify";
import { expressAuth } from "redis-web-token/express";
import { type RwtRequest, requireSession, rwtFastify } from "redis-web-token/fastify";
import { bearerHeader } from "../lib/hono-route.ts";
import { serviceOver, storeOn } from "../lib/ours.ts";
import type { Route } from "../lib/peer.ts";
import { oursOn } from "../lib/speeds.ts";
import { type User, user } from "../lib/user.ts";
import type { RoutePeer } from "./index.ts";

type Service = ReturnType<typeof serviceOver>;

/** The library over ioredis, behind its entry for a framework. */
const openOursIn =
  (routeOf: (rwt: Service) => Promise<Route>) =>
  async (redisUrl: string): Promise<RoutePeer> => {
    const { store } = await storeOn("ioredis", redisUrl);
    const rwt = serviceOver(store);
    return { name: oursOn("ioredis"), kind: "ours", sign: () => rwt.sign(user), route: await routeOf(rwt) };
  };

export const openOursInExpress = openOursIn(async (rwt) => {
  const auth = expressAuth({ rwt });
  const app = express();
  app.disable("x-powered-by");
  app.get("/", auth.required, (req, res) => void res.json({ id: auth.session(req).data.id }));
  return { framework: "Express", listener: () => app, headers: bearerHeader };
});

export const openOursInFastify = openOursIn(async (rwt) => {
  const app = fastify();
  await app.register(rwtFastify, { rwt });
  app.get("/", { onRequest: requireSession }, async (request) => {
    const { auth } = request as unknown as RwtRequest<User>;
    return { id: auth.data.id };
  });
  await app.ready();
  return { framework: "Fastify", listener: () => app.routing, headers: bearerHeader };
});
