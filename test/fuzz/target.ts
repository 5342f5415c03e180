import type { Random } from "./random.ts";

/** Code that gets random input and must keep its promises. */
export interface Target {
  readonly name: string;
  /** Its share of a run's executions: 1 for all, 0.1 for a tenth. */
  readonly share: number;
  /**
   * Runs one execution.
   *
   * @throws BrokenPromise
   */
  execute(random: Random): Promise<void>;
  /** Statistics that show how deep the executions went. */
  note(): string;
  close?(): Promise<void>;
}

/** A broken promise, with the input. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";

  constructor(promise: string, input: unknown) {
    super(`${promise}\ninput: ${JSON.stringify(input)}`);
  }
}

/** @throws BrokenPromise unless `kept` */
export function expectThat(kept: boolean, promise: string, input: unknown): void {
  if (!kept) throw new BrokenPromise(promise, input);
}

/** Returns the result, or the error if it is one of the library's. Throws BrokenPromise for other errors. */
export async function outcomeOf<Result>(
  work: () => Result | Promise<Result>,
  isOwn: (error: unknown) => boolean,
  input: unknown,
): Promise<{ readonly result: Result } | { readonly error: unknown }> {
  try {
    return { result: await work() };
  } catch (error) {
    if (isOwn(error)) return { error };
    throw new BrokenPromise(`no error but the library's own, not ${error}`, input);
  }
}
