import { getRequestListener } from "@hono/node-server";
import { Context, Hono, type MiddlewareHandler } from "hono";
import { orNull, type Route } from "./peer.ts";
import type { User } from "./user.ts";

type Verify = (credential: string) => Promise<User | null>;

/** A Hono app behind middlewares, as a route for a server, and a `verify` that calls the middlewares without a server. */
export function honoRoute(
  middlewares: readonly MiddlewareHandler[],
  userOf: (c: Context) => User | null | Promise<User | null>,
  headers: Route["headers"],
): { readonly route: Route; readonly verify: Verify; readonly app: Hono } {
  const app = new Hono();
  // Some middlewares reject by throwing.
  app.onError((_, c) => c.json({ error: "unauthorized" }, 401));
  for (const middleware of middlewares) app.use(middleware);
  app.get("/", async (c) => {
    const user = await userOf(c);
    return user ? c.json({ id: user.id }) : c.json({ error: "unauthorized" }, 401);
  });
  return {
    app,
    route: {
      framework: "Hono",
      listener: () => getRequestListener(app.fetch),
      headers,
    },
    verify: throughMiddlewares(middlewares, userOf, headers),
  };
}

/**
 * Calls the middlewares with a new context each time, for libraries that can't be called in another way. It leaves out Hono's routing
 * and the request and response of a server, which cost the same for all. An empty response stands for the route's.
 */
function throughMiddlewares(
  middlewares: readonly MiddlewareHandler[],
  userOf: (c: Context) => User | null | Promise<User | null>,
  headers: Route["headers"],
): Verify {
  const requests = new Map<string, Request>();
  return async (credential) => {
    let request = requests.get(credential);
    if (request === undefined) {
      request = new Request("http://localhost/", { headers: headers(credential) });
      requests.set(credential, request);
    }
    const c = new Context(request);
    let user: User | null = null;
    const call = async (i: number): Promise<void> => {
      const middleware = middlewares[i];
      if (middleware) await middleware(c, () => call(i + 1));
      else {
        user = await userOf(c);
        c.res = new Response();
      }
    };
    return orNull(call(0).then(() => user));
  };
}

export const cookieHeader = (cookie: string): Record<string, string> => ({ cookie });
export const bearerHeader = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** The `name=value` of a Set-Cookie header. */
export function cookieOf(setCookie: string | null | undefined): string {
  const cookie = setCookie?.split(";")[0];
  if (!cookie) throw new Error("the response has no cookie");
  return cookie;
}
