import { afterAll, onTestFinished } from "vitest";

/** Runs something after the test that is under way or, outside of tests, after the file. */
export function atEnd(cleanUp: () => unknown): void {
  try {
    onTestFinished(async () => void (await cleanUp()));
  } catch {
    // No test is under way. (Within one, afterAll would be forgotten in silence.)
    afterAll(async () => void (await cleanUp()));
  }
}
