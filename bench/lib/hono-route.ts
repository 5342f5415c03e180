import { getRequestListener } from "@hono/node-server";
import { Context, Hono, type MiddlewareHandler } from "hono";
import { orNull, type Route } from "./peer.ts";
import type { User } from "./user.ts";

type Verify = (credential: string) => Promise<User | null>;

/** A Hono app behind middlewares, as a route for a server; and the middlewares called without one. */
export function honoRoute(
  middlewares: readonly MiddlewareHandler[],
  userOf: (c: Context) => User | null | Promise<User | null>,
  headers: Route["headers"],
): { readonly route: Route; readonly verify: Verify; readonly app: Hono } {
  const app = new Hono();
  // Some refuse by throwing.
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
 * The middlewares with a context of their own for each call, for those that can be called in no other way. Hono's routing,
 * and the request and response of a server, which cost the same for all, are left out; an empty answer stands for the route's.
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

/** `name=value` of an answer's Set-Cookie. */
export function cookieOf(setCookie: string | null | undefined): string {
  const cookie = setCookie?.split(";")[0];
  if (!cookie) throw new Error("no cookie came");
  return cookie;
}
