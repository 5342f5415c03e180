import type { SuiteResult } from "./programs/suites.ts";

/** Throws if something is wrong. */
export type Check = () => Promise<void>;

/** Runs checks one after another, also after one has failed. */
export async function runChecks(
  store: string,
  checks: Readonly<Record<string, Check>>,
): Promise<SuiteResult> {
  const failures: string[] = [];
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const total = Object.keys(checks).length;
  return { store, passed: total - failures.length, total, failures };
}
