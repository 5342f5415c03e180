import { DataError } from "../errors.ts";
import { typeError } from "../lib/check.ts";

/**
 * Makes a JSON value of a user as the original's callers pass it: a database's document, with dates and ids. What
 * has a `toJSON` says itself what it is (a `Date` is ISO text), what is `undefined` or a function is left out, and
 * what has no form in JSON becomes text, as everything did in the original.
 */
export function plainUser(user: unknown): unknown {
  if (typeof user !== "object" || user === null) throw typeError("userObject", "an object", user);
  return JSON.parse(stringify(user));
}

function stringify(user: object): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(user, (_, value: unknown) => {
      if (typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value)))
        return String(value);
      if (/^\[object (Map|Set|WeakMap|WeakSet|Promise)\]$/.test(Object.prototype.toString.call(value))) {
        throw new DataError("data", "data holds a Map, a Set or a promise, of which JSON keeps nothing");
      }
      return value;
    });
  } catch (error) {
    if (error instanceof DataError) throw error;
    // Without the engine's message, which names the properties of a cycle.
  }
  if (text === undefined)
    throw new DataError("data", "data must be JSON, but holds a cycle or a toJSON that fails");
  return text;
}
