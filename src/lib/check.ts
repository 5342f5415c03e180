import { OptionRangeError, OptionTypeError } from "../errors.ts";

/** The largest number of seconds that the token's four-byte field holds: some 136 years. */
export const MAX_SECONDS = 0xffff_ffff;

/** The latest end of life that the token's five-byte field holds, in Unix seconds: the year 36812. */
export const MAX_DEADLINE: number = 2 ** 40 - 1;

/** The latest time that a value's ten digits hold, in Unix seconds: the year 2286. */
export const MAX_TIME = 9_999_999_999;

/** How often a session's token can be rotated: the token's field has two bytes. */
export const MAX_GENERATION = 0xffff;

/** Names a value's type for an error message. Never the value itself, which may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const { then } = Object(value) as { readonly then?: unknown };
  return typeof then === "function" ? "a promise: await it" : typeof value;
}

export const typeError = (option: string, allowed: string, value: unknown): OptionTypeError =>
  new OptionTypeError(option, `${option} must be ${allowed}, not ${kindOf(value)}`);

/** @param must - what the value must be or do */
export const rangeError = (option: string, must: string): OptionRangeError =>
  new OptionRangeError(option, `${option} must ${must}`);

export function wholeNumber(
  option: string,
  unit: string,
  value: unknown,
  max: number = MAX_SECONDS,
  min = 1,
): number {
  const allowed = `a whole number of ${unit} from ${min} to ${max}`;
  if (typeof value !== "number") throw typeError(option, allowed, value);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw rangeError(option, `be ${allowed}, not ${value}`);
}

export function boolean(option: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw typeError(option, "true or false", value);
  return value;
}

export function callable(option: string, value: unknown): void {
  if (typeof value !== "function") throw typeError(option, "a function", value);
}

export function oneOf<Allowed extends string>(
  option: string,
  allowed: readonly Allowed[],
  value: unknown,
): Allowed {
  if (allowed.includes(value as Allowed)) return value as Allowed;
  const names = `one of ${JSON.stringify(allowed)}`;
  if (typeof value !== "string") throw typeError(option, names, value);
  throw rangeError(option, `be ${names}`);
}

/** Rejects lone surrogates: UTF-8 turns them all into U+FFFD, so that two different texts would count as the same. */
export function wellFormedText(option: string, value: unknown): string {
  if (typeof value !== "string") throw typeError(option, "text", value);
  if (/\p{Surrogate}/u.test(value)) {
    throw rangeError(option, "be well-formed Unicode");
  }
  return value;
}

/** @param must - what a text of this shape is */
export function textLike(shape: RegExp, option: string, value: unknown, must: string): void {
  if (!shape.test(wellFormedText(option, value))) throw rangeError(option, must);
}

/** Checks that `options` is an object with known keys only, so that a typo is an error. */
export function knownOptions<Options extends object>(
  name: string,
  options: Options,
  known: readonly (keyof Options & string)[],
): Options {
  if (kindOf(options) !== "object") throw typeError(name, "an object", options);
  if ("aborted" in options) throw new OptionTypeError(name, `${name} must be an object such as { signal }`);
  for (const key of Object.keys(options)) {
    if ((known as readonly string[]).includes(key)) continue;
    // Anything that doesn't look like a name may be a misplaced secret.
    const shown = /^\w{1,30}$/.test(key) ? key : "…";
    const message = `unknown option ${shown} in ${name}; known: ${known.join(", ")}`;
    throw new OptionTypeError(shown, message, "ERR_RWT_OPTION_UNKNOWN");
  }
  return options;
}
