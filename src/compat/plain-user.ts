import { DataError } from "../errors.ts";
import { typeError } from "../lib/check.ts";

/**
 * Converts a user to a JSON value. Callers of the original pass objects such as database documents, with dates and ids. A value with
 * `toJSON` is converted by it (a `Date` to ISO text), `undefined` and functions are left out, and numbers that JSON doesn't know
 * become text, as everything did in the original.
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
        throw new DataError("data", "data contains a Map, a Set or a promise, which JSON can't hold");
      }
      return value;
    });
  } catch (error) {
    if (error instanceof DataError) throw error;
    // Drops the engine's message, which names the properties of a cycle.
  }
  if (text === undefined)
    throw new DataError("data", "data must be JSON, but contains a cycle or a toJSON that fails");
  return text;
}
