import { atEnd } from "./at-end.ts";
import { type Bridge, launchBridge } from "./launch-bridge.ts";

/**
 * Makes a bridge to a program. The program starts at the first question, so that skipped suites don't need it, and ends after the
 * test file. It answers questions in order.
 */
export function startBridge(command: string, args: readonly string[]): Bridge {
  let started: Bridge | undefined;
  let end = (): void => {};
  atEnd(() => end());
  return (question) => {
    if (started === undefined) [started, end] = launchBridge(command, args);
    return started(question);
  };
}
