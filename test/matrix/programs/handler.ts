/** For runtimes that have only requests: returns the results of a store's suites as a response, and serves the app. */
import type { TokenStore } from "redis-web-token";
import { appOver } from "./app.ts";
import { type RestTarget, runSuites, storesOfEveryRuntime } from "./suites.ts";

export async function handle(
  request: Request,
  target: RestTarget,
  stores: Readonly<Record<string, (now: () => number) => TokenStore>> = storesOfEveryRuntime(target),
): Promise<Response> {
  const { pathname } = new URL(request.url);
  const name = pathname.slice(pathname.lastIndexOf("/") + 1);
  const open = stores[name];
  if (open) return Response.json(await runSuites(name, open, target));
  return appOver(target).fetch(request);
}
