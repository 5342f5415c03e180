import formbody from "@fastify/formbody";
import Fastify, { type FastifyError } from "fastify";
import { requireSession, rwtFastify } from "redis-web-token/fastify";
import { rwt } from "./auth.ts";
import { accountPage, loginPage } from "./pages.ts";

const app = Fastify({ logger: true });
await app.register(formbody);
await app.register(rwtFastify, { rwt, from: ["bearer", "cookie"] });

app.get("/", async (_, reply) => reply.redirect("/account"));

app.get<{ Querystring: { wrong?: string } }>("/login", async ({ query }, reply) =>
  reply.type("text/html").send(loginPage(query.wrong !== undefined)),
);

app.post<{ Body: { name?: string; password?: string } }>("/login", async (request, reply) => {
  const { name = "", password } = request.body ?? {};
  if (name === "" || password !== "open sesame") return reply.redirect("/login?wrong", 303);
  const id = name.toLowerCase();
  await reply.signIn({ id, name }, { subject: id, meta: { device: request.headers["user-agent"] ?? "" } });
  return reply.redirect("/account", 303);
});

app.post("/logout", async (_, reply) => {
  await reply.signOut();
  return reply.redirect("/login", 303);
});

app.get("/api/me", { onRequest: requireSession }, async (request) => request.auth.data);

app.register(async (pages) => {
  pages.addHook("onRequest", requireSession);
  pages.setErrorHandler<FastifyError>(async (error, _, reply) => {
    if (error.statusCode !== 401) throw error;
    return reply.redirect("/login", 303);
  });

  pages.get("/account", async (request, reply) => {
    const { sessions } = await request.listSessions();
    return reply.type("text/html").send(accountPage(request.auth.data.name, sessions));
  });

  pages.post("/logout-everywhere", async (request, reply) => {
    await request.endOtherSessions();
    await reply.signOut();
    return reply.redirect("/login", 303);
  });
});

await app.listen({ port: Number(process.env.PORT ?? 3000) });
