import { bundle } from "../../tools/bundle-size.ts";
import { IN_A_WORKER, startWorkerd, type WorkerdOptions } from "../../tools/workerd.ts";
import { atEnd } from "./at-end.ts";

/**
 * Serves a module in workerd. It stops as {@link atEnd} says.
 *
 * @returns its origin
 */
export async function startWorker(file: URL, options: WorkerdOptions): Promise<string> {
  const ends = new AsyncDisposableStack();
  atEnd(() => ends.disposeAsync());
  const name = JSON.stringify(file.pathname);
  const code = await bundle(`export * from ${name}; export { default } from ${name};`, IN_A_WORKER);
  const { ports } = await startWorkerd({ "worker.mjs": code }, options, ends);
  return `http://127.0.0.1:${ports[0]}`;
}
