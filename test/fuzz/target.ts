import type { Random } from "./random.ts";

/** Something that is given odd input, and must keep its promises. */
export interface Target {
  readonly name: string;
  /** How many of a run's executions it gets: 1 of all that are asked for, 0.1 of a tenth. */
  readonly share: number;
  /**
   * One execution.
   *
   * @throws BrokenPromise
   */
  execute(random: Random): Promise<void>;
  /** How deep the executions have gone, for a person to judge. */
  note(): string;
  close?(): Promise<void>;
}

/** A promise that wasn't kept, with the input. */
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

/** The result; of an error that isn't the library's own, the message that a promise is broken. */
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
