import { runProgram, type Variables } from "./program.ts";

/** A secret without a weakness. */
export const RWT_SECRET: string = "tcTyqz0tPnKkdF0VzmA4P3MIq2WeOXL7fd2Nlr3xHhE";

interface Report {
  readonly ok: boolean;
  readonly findings: readonly { check: string; state: string; message: string; advice?: string }[];
}

/** What the doctor found: the state of each check, and all that was said of it. */
export async function examine(
  variables: Variables,
  args: readonly string[] = [],
  nodeOptions: string[] = [],
) {
  const outcome = await runProgram(
    ["doctor", "--json", ...args],
    { RWT_SECRET, ...variables },
    "",
    nodeOptions,
  );
  const { ok, findings } = outcome.json as Report;
  const of = (check: string) => findings.filter((finding) => finding.check === check);
  return {
    code: outcome.code,
    ok,
    outcome,
    checks: findings.map(({ check }) => check),
    state: (check: string) => of(check)[0]?.state,
    said: (check: string) =>
      of(check)
        .map(({ message, advice = "" }) => `${message} → ${advice}`)
        .join("\n"),
    notOk: Object.fromEntries(
      findings.flatMap(({ check, state }) => (state === "ok" ? [] : [[check, state]])),
    ),
  };
}
