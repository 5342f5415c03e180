import fastifyCookie from "@fastify/cookie";
import fastifySession from "@fastify/session";
import { RedisStore } from "connect-redis";
import fastify, { type FastifyRequest } from "fastify";
import { openNodeRedis } from "../lib/clients.ts";
import { cookieHeader, cookieOf } from "../lib/hono-route.ts";
import { secret, TTL, type User, user } from "../lib/user.ts";
import type { RoutePeer } from "../routes/index.ts";

const sessionOf = ({ session }: FastifyRequest) => session as unknown as { user?: User };

/** @fastify/session with connect-redis, which its documentation names. It only runs behind Fastify. */
export async function openFastifySession(url: string): Promise<RoutePeer> {
  const client = await openNodeRedis(url);
  const app = fastify();
  await app.register(fastifyCookie);
  await app.register(fastifySession, {
    secret,
    // Its types come from another copy of the client, and those of the store from express-session.
    store: new RedisStore({ client: client as never, ttl: TTL, disableTouch: true }) as never,
    saveUninitialized: false,
    rolling: false,
    cookie: { secure: false },
  });
  app.get("/", async (request, reply) => {
    const { user } = sessionOf(request);
    return user ? { id: user.id } : reply.code(401).send({ error: "unauthorized" });
  });
  app.post("/", async (request, reply) => {
    sessionOf(request).user = user;
    return reply.code(204).send();
  });
  await app.ready();
  return {
    name: "@fastify/session, connect-redis",
    kind: "peer",
    async sign() {
      const { headers } = await app.inject({ method: "POST", url: "/" });
      return cookieOf(String(headers["set-cookie"]));
    },
    route: { framework: "Fastify", listener: () => app.routing, headers: cookieHeader },
  };
}
