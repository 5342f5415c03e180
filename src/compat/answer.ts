import { typeError } from "../lib/check.ts";

/**
 * Calls the callback with the result, or returns a promise if there is no callback.
 *
 * If the callback itself throws, that is an uncaught error, as in the original, and the callback isn't called a second time.
 *
 * @param start - checks its arguments before it returns a promise: with a callback, its errors are thrown at once
 * @param spread - the arguments that the callback gets after the error; the promise resolves to the first of them
 */
export function answer<Result>(
  callback: unknown,
  start: () => Promise<Result>,
  spread: (result: Result) => readonly unknown[] = (result) => [result],
): Promise<unknown> | undefined {
  if (callback === undefined || callback === null) return (async () => spread(await start())[0])();
  if (typeof callback !== "function") throw typeError("callback", "a function", callback);
  const settle = (args: readonly unknown[]): void => queueMicrotask(() => callback(...args));
  start().then(
    (result) => settle([null, ...spread(result)]),
    (error: unknown) => settle([error]),
  );
  return undefined;
}
