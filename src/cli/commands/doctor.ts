import { type Command, EXIT } from "../command.ts";
import { examine } from "../doctor/examine.ts";
import type { Finding } from "../doctor/finding.ts";
import { readPrefix, readStore } from "../environment.ts";
import { print, printColored, printJson } from "../output.ts";

export const doctor: Command = {
  summary: "check the environment's Redis and secret; exit code 1 if there is a problem",
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
    const count = (state: Finding["state"]): number =>
      findings.filter((finding) => finding.state === state).length;
    const isWell = count("problem") === 0 && !(flags.strict === true && count("warning") > 0);
    if (json) printJson({ ok: isWell, findings });
    else print(STATES.map((state) => counted(count(state), state)).join(", "));
    return isWell ? EXIT.ok : EXIT.no;
  },
};

const STATES = ["ok", "warning", "problem", "unknown"] as const;
const COLORS = { ok: "green", warning: "yellow", problem: "red", unknown: "dim" } as const;

const counted = (count: number, state: Finding["state"]): string =>
  `${count} ${state}${count !== 1 && (state === "warning" || state === "problem") ? "s" : ""}`;

function printFinding({ check, state, message, advice }: Finding): void {
  printColored(COLORS[state], state.padEnd(8), ` ${check.padEnd(12)} ${message}`);
  if (advice !== undefined) print(`${" ".repeat(22)}→ ${advice}`);
}
