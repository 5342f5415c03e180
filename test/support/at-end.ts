import { afterAll, beforeAll, onTestFinished } from "vitest";

/** Whether the file's tests and hooks are still being collected. In a hook, vitest would silently ignore `afterAll`. */
let isCollecting = true;
const cleanUps: (() => unknown)[] = [];

beforeAll(() => {
  isCollecting = false;
});
afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Runs a cleanup after the current test; in a hook after the file; elsewhere after the `describe` that it is in, or the file. */
export function atEnd(cleanUp: () => unknown): void {
  try {
    onTestFinished(async () => void (await cleanUp()));
  } catch {
    // There is no current test. (Within one, afterAll would be silently ignored.)
    if (isCollecting) afterAll(async () => void (await cleanUp()));
    else cleanUps.push(cleanUp);
  }
}
