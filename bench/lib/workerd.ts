import { startWorkerd } from "../../tools/workerd.ts";
import { median } from "./stats.ts";

/** Imports the entry only when a request asks for it, and passes that on if the entry is a Worker itself. */
const WORKER = `export default {
  async fetch(request, env, context) {
    if (request.url.endsWith("/nothing")) return new Response();
    const entry = await import("entry.mjs");
    return entry.default?.fetch ? entry.default.fetch(request, env, context) : new Response();
  },
};`;
const CALLS = 20;

/**
 * Measures how many milliseconds fresh isolates take to import a module, and to answer a first request if it is a Worker: the time of
 * the first response that needs it, minus that of later ones. It is measured from outside, since a Worker's own clock stands still
 * while it computes.
 */
export async function coldTimesInWorkerd(
  code: string,
  isolates: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<number[]> {
  await using ends = new AsyncDisposableStack();
  const times: number[] = [];
  const { ports } = await startWorkerd({ "worker.mjs": WORKER, "entry.mjs": code }, { isolates }, ends);
  for (const port of ports) {
    const answer = async (path: string): Promise<number> => {
      const began = performance.now();
      const response = await fetch(`http://127.0.0.1:${port}/${path}`, { headers });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`the module can't be used in workerd: ${response.status}`);
      return performance.now() - began;
    };
    for (let i = 0; i < CALLS; i++) await answer("nothing");
    const first = await answer("");
    const later: number[] = [];
    for (let i = 0; i < CALLS; i++) later.push(await answer(""));
    times.push(first - median(later));
  }
  return times;
}
