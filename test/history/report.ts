import type { Checker } from "./checker.ts";
import type { Usage } from "./protocol.ts";
import type { Watch } from "./watch.ts";

/** The results of a run. */
export interface Report {
  readonly configuration: string;
  readonly seed: number;
  readonly seconds: number;
  readonly operations: number;
  readonly byOperation: Readonly<Record<string, number>>;
  readonly sessions: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, number>>;
  readonly observations: Readonly<Record<string, number>>;
  readonly keysSeen: number;
  readonly largestIndex: number;
  /** Heap size and open files of each process, at the start and at the end. */
  readonly usage: readonly [string, string];
  readonly violations: Readonly<Record<string, number>>;
  /** The first violation of each rule. */
  readonly first: Readonly<Record<string, string>>;
}

/** Samples of what the hosts use. */
export class Usages {
  readonly #checker: Checker;
  readonly #taken: string[] = [];

  constructor(checker: Checker) {
    this.#checker = checker;
  }

  async take(): Promise<void> {
    const usages = await this.#checker.fleet.usage();
    if (usages.every((usage) => usage !== undefined)) this.#taken.push(usages.map(said).join(", "));
  }

  get firstAndLast(): readonly [string, string] {
    return [this.#taken[0] ?? "", this.#taken.at(-1) ?? ""];
  }
}

const said = ({ heap, descriptors }: Usage): string => `${(heap / 1e6).toFixed(0)} MB, ${descriptors} files`;

export function reportOf(checker: Checker, watch: Watch, usages: Usages, milliseconds: number): Report {
  const violations: Record<string, number> = {};
  const first: Record<string, string> = {};
  for (const { rule, what } of checker.violations) {
    violations[rule] = (violations[rule] ?? 0) + 1;
    first[rule] ??= what;
  }
  return {
    configuration: checker.name,
    seed: checker.seed,
    seconds: Math.round(milliseconds / 1000),
    operations: checker.operations,
    byOperation: checker.counts,
    sessions: checker.checked,
    faults: checker.faults,
    failures: checker.failures,
    observations: checker.observations,
    keysSeen: watch.seen,
    largestIndex: watch.largestIndex,
    usage: usages.firstAndLast,
    violations,
    first,
  };
}
