import type { TestCase, TestModule } from "vitest/node";
import type { Tested } from "./features.ts";

/** How a test ended. */
export interface Result extends Tested {
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
}

/**
 * The results of a run, in the order of the files' names: Vitest's own order depends on how long each file took in the run before.
 * Tests whose language isn't installed have none.
 */
export function resultsOf(modules: readonly TestModule[]): Result[] {
  const inOrder = modules.toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
  const tests: TestCase[] = inOrder.flatMap((module) => [...module.children.allTests()]);
  return tests.flatMap((test) => {
    const { conformance } = test.meta();
    const { state } = test.result();
    if (conformance === undefined) return [];
    return [{ ...conformance, name: test.fullName, state: state === "pending" ? "failed" : state }];
  });
}
