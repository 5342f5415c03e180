import { type Command, EXIT } from "../command.ts";
import { examine } from "../doctor/examine.ts";
import type { Finding } from "../doctor/finding.ts";
import { readPrefix, readStore } from "../environment.ts";
import { print, printJson } from "../output.ts";

export const doctor: Command = {
  summary: "check the Redis and the secret that the environment names; exit code 1 where there is a problem",
  help: ["--strict           exit code 1 for warnings too"],
  options: { strict: { type: "boolean" } },
  async run({ flags, env, json }) {
    const store = readStore(env, flags);
    const findings: Finding[] = [];
    try {
      for await (const finding of examine(store, env, readPrefix(env, flags))) {
        findings.push(finding);
        if (!json) printFinding(finding);
      }
    } finally {
      await store.disconnect();
    }
    const has = (state: Finding["state"]): boolean => findings.some((finding) => finding.state === state);
    const isWell = !has("problem") && !(flags.strict === true && has("warning"));
    if (json) printJson({ ok: isWell, findings });
    return isWell ? EXIT.ok : EXIT.no;
  },
};

function printFinding({ check, state, message, advice }: Finding): void {
  print(`${state.padEnd(8)} ${check.padEnd(12)} ${message}`);
  if (advice !== undefined) print(`${" ".repeat(22)}→ ${advice}`);
}
