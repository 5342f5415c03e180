import { createContext, type MiddlewareFunction, redirect } from "react-router";
import type { Session } from "redis-web-token";
import { authenticate, type User } from "./auth.server.ts";

export const sessionContext = createContext<Session<User>>();

/** `export const middleware = [requireSession]` in a route: it and the routes below need a live session. */
export const requireSession: MiddlewareFunction<Response> = async ({ request, context }, next) => {
  context.set(sessionContext, accept(await authenticate(request)));
  const response = await next();
  response.headers.set("Cache-Control", "no-store");
  return response;
};

/** Throws a refusal, which React Router shows by the route's `ErrorBoundary`: 400, 401, 403 or 503. */
export function accept<Result>(result: Result | Response): Result {
  if (result instanceof Response) throw result;
  return result;
}

/** Redirects with the cookie that a result sets. */
export function goTo(path: string, result: Response | { readonly headers: Headers }): Response {
  return redirect(path, { status: 303, headers: accept(result).headers });
}
