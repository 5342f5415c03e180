import type { TestCase, TestModule } from "vitest/node";
import type { Tested } from "./features.ts";

/** How a test ended. */
export interface Result extends Tested {
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
}

/** The results of a run. Tests whose language isn't installed have none. */
export function resultsOf(modules: readonly TestModule[]): Result[] {
  const tests: TestCase[] = modules.flatMap((module) => [...module.children.allTests()]);
  return tests.flatMap((test) => {
    const { conformance } = test.meta();
    const { state } = test.result();
    if (conformance === undefined) return [];
    return [{ ...conformance, name: test.fullName, state: state === "pending" ? "failed" : state }];
  });
}
