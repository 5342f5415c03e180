import type { createOnce, Once, OnceOptions } from "redis-web-token/once";
import type { ConformanceContext } from "./cases.ts";

/** One-time tokens and codes on every store and runtime. Like those of `cases.ts`, these cases import no code of the library. */
export interface OnceContext extends ConformanceContext {
  readonly createOnce: typeof createOnce;
}

export interface OnceCase {
  readonly name: string;
  run(context: OnceContext): Promise<void>;
}

export const secret = "a conformance secret of 32 bytes and more";

export const freshSubject = (): string => `person ${crypto.randomUUID()}`;

export const serviceOf = (
  { createOnce, openStore, now }: OnceContext,
  options: Partial<OnceOptions> = {},
): Once<unknown> => createOnce({ store: openStore(), secret, purpose: "tests", expire: 60, now, ...options });

export const json = (value: unknown): string => JSON.stringify(value);

/** Another code of as many digits. */
export const wrong = (code: string): string => `${(Number(code[0]) + 1) % 10}${code.slice(1)}`;

export const dataOf = (found: readonly ({ readonly data: unknown } | null)[]): unknown[] =>
  found.flatMap((each) => (each === null ? [] : [each.data]));

/** How many calls race for one token. */
export const RACERS = 200;
