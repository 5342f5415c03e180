/** For runtimes that have no processes, only requests: the suites of a store as an answer, and the app. */
import { appOver } from "./app.ts";
import { type RestTarget, runSuites, storesOfEveryRuntime } from "./suites.ts";

export async function handle(request: Request, target: RestTarget): Promise<Response> {
  const { pathname } = new URL(request.url);
  const open = storesOfEveryRuntime(target)[pathname.replace("/suites/", "")];
  if (open) return Response.json(await runSuites(pathname.replace("/suites/", ""), open, target));
  return appOver(target).fetch(request);
}
