import { afterAll, onTestFinished } from "vitest";

/** Runs a cleanup after the current test or, outside of tests, after the file. */
export function atEnd(cleanUp: () => unknown): void {
  try {
    onTestFinished(async () => void (await cleanUp()));
  } catch {
    // There is no current test. (Within one, afterAll would be silently ignored.)
    afterAll(async () => void (await cleanUp()));
  }
}
