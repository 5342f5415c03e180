import type { Results } from "./results.ts";
import { type Check, format, type Table } from "./section.ts";

/** What is measured now, and the goal: a row for each goal that the checks in results.json name. */
export function goals({ sections }: Results): Table {
  const byGoal = new Map<string, Check[]>();
  for (const check of Object.values(sections).flatMap(({ checks }) => checks)) {
    if (check.goal === undefined) continue;
    byGoal.set(check.goal, [...(byGoal.get(check.goal) ?? []), check]);
  }
  return {
    title: "Goals",
    columns: [{ name: "work" }, { name: "now" }, { name: "goal" }, { name: "" }],
    rows: [...byGoal].map(([goal, checks]) => [
      goal,
      checks.map(nowOf).join(", "),
      checks[0]?.target ?? "",
      checks.every(({ met }) => met) ? "met" : "**not met**",
    ]),
  };
}

const nowOf = ({ measured, unit, variant }: Check): string =>
  variant ? `${format(measured, unit)} (${variant})` : format(measured, unit);
