import { runChecks } from "./checks.ts";
import { type Command, outputOf } from "./process.ts";
import type { SuiteResult } from "./programs/suites.ts";

/** Runs the tests that an example has for its users, while its app runs at an origin. */
export function runOwnTests(
  script: string,
  origin: string,
  { cwd, env }: Pick<Command, "cwd" | "env">,
): Promise<SuiteResult> {
  const command = { file: "sh", args: ["-c", script], cwd, env: { ...env, APP_URL: origin } };
  return runChecks("npm test", {
    async "the tests of the example pass"() {
      await outputOf(command);
    },
  });
}
