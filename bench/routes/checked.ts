import type { IncomingHttpHeaders } from "node:http";
import express from "express";
import fastify from "fastify";
import type { Peer, Route } from "../lib/peer.ts";

const UNAUTHORIZED = { error: "unauthorized" };

/** What a request shows: its bearer token, or its Cookie header. */
const credentialOf = ({ authorization, cookie }: IncomingHttpHeaders): string =>
  authorization?.slice(7) ?? cookie ?? "";

/** A route of Express that calls a library's check as a function. */
export async function expressRoute(check: Peer["verify"], headers: Route["headers"]): Promise<Route> {
  const app = express();
  app.disable("x-powered-by");
  app.get("/", async (req, res) => {
    const user = await check(credentialOf(req.headers));
    if (user) res.json({ id: user.id });
    else res.status(401).json(UNAUTHORIZED);
  });
  return { framework: "Express", listener: () => app, headers };
}

/** The same in Fastify. */
export async function fastifyRoute(check: Peer["verify"], headers: Route["headers"]): Promise<Route> {
  const app = fastify();
  app.get("/", async (request, reply) => {
    const user = await check(credentialOf(request.headers));
    return user ? { id: user.id } : reply.code(401).send(UNAUTHORIZED);
  });
  await app.ready();
  return { framework: "Fastify", listener: () => app.routing, headers };
}
