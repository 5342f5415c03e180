import { StoreUnavailableError } from "../../src/errors.ts";

/** Counts answers that are right or wrong, and outages. */
export class Tally {
  right = 0;
  /** When the first call began that got a right answer after the last outage. */
  private recovered = Number.POSITIVE_INFINITY;
  readonly wrong: unknown[] = [];
  /** The reason of each outage, when the call began and when it failed, in milliseconds of `performance.now()`. */
  readonly errors: { readonly reason: string; readonly began: number; readonly told: number }[] = [];

  /**
   * @param holds - whether the expectation still holds when the answer arrives. By default it does
   * @returns the operation's answer, or `undefined` for an outage
   */
  async count<Answer>(
    operation: () => Promise<Answer>,
    expected: Answer,
    holds: () => boolean = () => true,
  ): Promise<Answer | undefined> {
    const began = performance.now();
    try {
      const answer = await operation();
      if (answer === expected) {
        this.right++;
        if (began > (this.errors.at(-1)?.told ?? 0)) this.recovered = Math.min(this.recovered, began);
      } else if (holds()) this.wrong.push({ answer, expected });
      return answer;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.recovered = Number.POSITIVE_INFINITY;
      this.errors.push({ reason: error.reason, began, told: performance.now() });
      return undefined;
    }
  }

  /** Whether right answers have been arriving for this many milliseconds, counted from `from` at the earliest. */
  isQuiet(from: number, milliseconds: number): boolean {
    return performance.now() - Math.max(from, this.recovered) > milliseconds;
  }

  toString(): string {
    return `${this.right} right, ${this.wrong.length} wrong, ${this.errors.length} outages`;
  }
}
