import { typeError } from "../lib/check.ts";

/**
 * Answers through the callback where there is one, else gives a promise.
 *
 * What the callback itself throws is no answer of ours: it surfaces as an uncaught error, as it did with the
 * original, and the callback isn't called a second time.
 *
 * @param start - checks its arguments before it gives a promise: with a callback, what it throws is thrown at once
 * @param spread - the arguments that the callback gets after the error; the promise gives the first of them
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
