import { StoreUnavailableError } from "../../src/errors.ts";

/** Counts answers: right, wrong, and none. */
export class Tally {
  right = 0;
  readonly wrong: unknown[] = [];
  /** The reasons of outages, and when each began and was told, in milliseconds of `performance.now()`. */
  readonly errors: { readonly reason: string; readonly began: number; readonly told: number }[] = [];

  /**
   * @param holds - whether the expectation still holds when the answer comes; by default it does
   * @returns what the operation gave, or `undefined` where the store couldn't answer
   */
  async count<Answer>(
    operation: () => Promise<Answer>,
    expected: Answer,
    holds: () => boolean = () => true,
  ): Promise<Answer | undefined> {
    const began = performance.now();
    try {
      const answer = await operation();
      if (answer === expected) this.right++;
      else if (holds()) this.wrong.push({ answer, expected });
      return answer;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.errors.push({ reason: error.reason, began, told: performance.now() });
      return undefined;
    }
  }

  toString(): string {
    return `${this.right} right, ${this.wrong.length} wrong, ${this.errors.length} outages`;
  }
}
