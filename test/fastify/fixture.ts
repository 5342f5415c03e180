import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import {
  type RwtFastifyOptions,
  type RwtReply,
  type RwtRequest,
  requireSession,
  rwtFastify,
} from "../../src/fastify/index.ts";
import { createRwt, type TokenStore } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { atEnd } from "../support/at-end.ts";

export interface User {
  readonly id: string;
  readonly name: string;
}

declare module "fastify" {
  interface FastifyRequest extends RwtRequest<User> {}
  interface FastifyReply extends RwtReply<User> {}
}

export const ada: User = { id: "42", name: "Ada" };

export const serviceWith = (store: TokenStore = memoryStore()) =>
  createRwt<User>({ store, secret: "a secret of the tests, 32 bytes or more", maxLifetime: 600 }).with(
    sessions(),
  );

/** An app with a route for each thing that the plugin does. */
export async function appWith(
  options: Partial<RwtFastifyOptions> = {},
  server: FastifyServerOptions = {},
): Promise<FastifyInstance> {
  const app = Fastify(server);
  await app.register(rwtFastify, { rwt: serviceWith(), from: ["bearer", "cookie"], ...options });
  app.get("/private", { onRequest: requireSession }, async (request) => request.auth.data);
  app.post("/private", { preHandler: requireSession }, async (request) => request.auth.data);
  app.get("/anyone", async (request) => ({ name: (await request.findSession())?.data.name ?? null }));
  app.get("/forgotten", async (request) => request.auth.data);
  app.get("/devices", async (request) =>
    (await request.listSessions()).sessions.map(({ current }) => current),
  );
  app.post("/login", async (_, reply) => ({ token: await reply.signIn(ada, { subject: ada.id }) }));
  app.post("/logout", async (_, reply) => ({ ended: await reply.signOut() }));
  app.post("/rotate", async (_, reply) => ({ token: await reply.rotateSession({ retry: false }) }));
  app.post("/logout-everywhere", async (_, reply) => ({ ended: await reply.signOutEverywhere() }));
  app.post("/end-others", async (request) => ({ ended: await request.endOtherSessions() }));
  return app;
}

/** Serves an app over HTTP on a free port until the end of the test or the file. Returns its origin. */
export async function serve(app: Pick<FastifyInstance, "listen" | "close">): Promise<string> {
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  atEnd(() => app.close());
  return origin;
}

/** A browser of one user: it keeps the session cookie, and says which site's page sends a request. */
export class Browser {
  cookie = "";
  readonly #origin: string;
  constructor(origin: string) {
    this.#origin = origin;
  }

  async send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body: URLSearchParams | null = null,
  ): Promise<Response> {
    const own = { Origin: this.#origin, "Sec-Fetch-Site": "same-origin" };
    const answer = await fetch(`${this.#origin}${path}`, {
      method,
      body,
      redirect: "manual",
      headers: { ...(method !== "GET" && own), ...(this.cookie && { Cookie: this.cookie }), ...headers },
    });
    for (const set of answer.headers.getSetCookie())
      this.cookie = set.includes("Max-Age=0") ? "" : (set.split(";")[0] ?? "");
    return answer;
  }
}

/** Sends a request whose headers `fetch` doesn't allow, such as `Host`, and returns its status. */
export async function statusOf(
  url: string,
  method: string,
  headers: Record<string, string>,
): Promise<number> {
  const sent = httpRequest(url, { method, headers, agent: false });
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  answer.resume();
  return answer.statusCode ?? 0;
}
