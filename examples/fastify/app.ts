import formbody from "@fastify/formbody";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import type { Rwt } from "redis-web-token";
import { type RwtReply, type RwtRequest, requireSession, rwtFastify } from "redis-web-token/fastify";
import { accountPage, loginPage, type User } from "./pages.ts";

declare module "fastify" {
  interface FastifyRequest extends RwtRequest<User> {}
  interface FastifyReply extends RwtReply<User> {}
}
interface Form {
  Body: { name?: string; password?: string } | undefined;
}

export async function createApp(rwt: Rwt<User>, options?: FastifyServerOptions): Promise<FastifyInstance> {
  const app = Fastify(options);
  await app.register(formbody);
  await app.register(rwtFastify, { rwt, from: ["bearer", "cookie"] });

  app.get("/", async (_, reply) => reply.redirect("/account"));

  app.get<{ Querystring: { wrong?: string } }>("/login", async ({ query }, reply) =>
    reply.type("text/html").send(loginPage(query.wrong !== undefined)),
  );

  app.post<Form>("/login", async (request, reply) => {
    const { name = "", password } = request.body ?? {};
    if (name === "" || password !== "open sesame") return reply.redirect("/login?wrong", 303);
    const id = name.toLowerCase();
    await reply.signIn({ id, name }, { subject: id, meta: { device: request.headers["user-agent"] ?? "" } });
    return reply.redirect("/account", 303);
  });

  app.get("/api/me", { onRequest: requireSession }, async (request) => request.auth.data);

  app.get("/account", async (request, reply) => {
    const session = await request.findSession();
    if (session === null) return reply.redirect("/login", 303);
    const { sessions } = await request.listSessions();
    return reply.type("text/html").send(accountPage(session.data.name, sessions));
  });

  // Before something sensitive, such as a new email address. The old token ends at once, so a stolen copy opens nothing.
  app.post<Form>("/confirm", { onRequest: requireSession }, async (request, reply) => {
    if (request.body?.password !== "open sesame") return reply.redirect("/account?wrong", 303);
    await reply.rotateSession({ retry: false });
    return reply.redirect("/account", 303);
  });

  app.post("/logout", async (_, reply) => {
    await reply.signOut();
    return reply.redirect("/login", 303);
  });

  app.post("/logout-everywhere", async (_, reply) => {
    await reply.signOutEverywhere();
    return reply.redirect("/login", 303);
  });

  return app;
}
