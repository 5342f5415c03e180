/** Throws if two texts, numbers, flags or nulls differ. It needs no test library, so that it runs on any runtime. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  if (!Object.is(actual, expected))
    throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** Returns what a promise rejects with. Throws if it doesn't reject. */
export async function rejection(promise: Promise<unknown>, what: string): Promise<unknown> {
  const settled = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in settled) return settled.error;
  throw new Error(`${what}: expected a rejection, got ${show(settled.value)}`);
}

const show = (value: unknown): string => {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 100 ? `${text.slice(0, 100)}… (${text.length} characters)` : text;
};
