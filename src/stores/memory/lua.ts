/** A Lua value, which has no static type. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Value = any;

/** Runs a Redis command within a script. Nil is `false`, as in Lua. */
export type Call = (name: string, ...args: Value[]) => Value;

/** Whether Lua treats a value as true: all but nil and false, so 0 and "" too. */
export const isTrue = (value: unknown): boolean => value !== undefined && value !== null && value !== false;

export const and = <A, B>(left: A, right: () => B): A | B => (isTrue(left) ? right() : left);

export const or = <A, B>(left: A, right: () => B): A | B => (isTrue(left) ? left : right());

/** `string.match`, for patterns that mean the same as regular expressions. */
export const match = (text: string, pattern: string): string | undefined => {
  let expression = expressions.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(pattern);
    expressions.set(pattern, expression);
  }
  return expression.exec(text)?.[0];
};

const expressions = new Map<string, RegExp>();

/** `string.sub`: positions count from 1, and `to` is included. */
export const sub = (text: string, from: number, to: number = text.length): string => text.slice(from - 1, to);

/** `string.find`, for plain text without patterns. */
export const find = (text: string, what: string, from: number, _plain: true): Value =>
  text.indexOf(what, from - 1) + 1 || undefined;

/** `string.format`, for "%d" with or without a width. */
export const format = (template: string, number: number): string =>
  String(number).padStart(Number(/^%0(\d+)d$/.exec(template)?.[1] ?? 0), "0");

export const repeat = (text: string, times: number): string => text.repeat(times);

export const size = (text: string): number => text.length;

/** Lua's `pcall`: returns whether the call succeeded, and its result or error. */
export function attempt(run: () => Value): [boolean, Value] {
  try {
    return [true, run()];
  } catch (error) {
    return [false, error];
  }
}

export function fail(message: string): never {
  throw new Error(message);
}
