import { type Context, Hono } from "hono";
import { createRwt } from "redis-web-token";
import { rwtRoutes } from "redis-web-token/hono-routes";
import { sessions } from "redis-web-token/sessions";
import { upstashStore } from "redis-web-token/upstash";

interface Env {
  readonly Bindings: Readonly<
    Record<"REST_URL" | "REST_TOKEN" | "RWT_SECRET" | "BILLING_SECRET" | "MAIL_SECRET", string>
  >;
}

/** The routes on Workers, where the secrets come with the request. */
const app = new Hono<Env>();
app.route(
  "/oauth",
  rwtRoutes({
    rwt: ({ env }: Context<Env>) =>
      createRwt({
        store: upstashStore({ url: env.REST_URL, token: env.REST_TOKEN }, { timeout: 10_000 }),
        secret: env.RWT_SECRET,
      }).with(sessions()),
    clients: ({ env }: Context<Env>) => [
      { id: "billing", secret: env.BILLING_SECRET },
      { id: "mail", secret: env.MAIL_SECRET },
    ],
    claims: (_, client) => ({ client }),
  }),
);

export default app;
