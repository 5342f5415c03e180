import { aligned } from "../../test/matrix/table.ts";
import { FEATURES, type Feature } from "./features.ts";
import type { Result } from "./results.ts";

const features = Object.keys(FEATURES) as Feature[];

/** The clients of a run, in the order in which they were tested. */
export const clientsIn = (results: readonly Result[]): string[] => [
  ...new Set(results.flatMap(({ clients }) => clients)),
];

/** Which of a client's tests of a feature ran, and how many of these passed. */
function cellOf(results: readonly Result[], client: string, feature: Feature) {
  const ran = results.filter(
    (result) => result.feature === feature && result.clients.includes(client) && result.state !== "skipped",
  );
  return { passed: ran.filter(({ state }) => state === "passed").length, total: ran.length };
}

/** The table for a terminal, with all counts. */
export function terminalTable(results: readonly Result[]): string {
  const clients = clientsIn(results);
  const rows = features.map((feature) => [
    feature,
    ...clients.map((client) => {
      const { passed, total } = cellOf(results, client, feature);
      return total === 0 ? "" : `${passed}/${total}${passed < total ? " FAILED" : ""}`;
    }),
  ]);
  return aligned([["", ...clients], ...rows]);
}

/** The table for docs/other-languages.md: what a client has. */
export function pageTable(results: readonly Result[]): string {
  const clients = clientsIn(results);
  const rows = features.map((feature) => {
    const marks = clients.map((client) => {
      const { passed, total } = cellOf(results, client, feature);
      if (total === 0) return " ";
      return passed === total ? " ✓ " : " ✗ ";
    });
    return `| ${FEATURES[feature].title} |${marks.join("|")}|`;
  });
  return [`| | ${clients.join(" | ")} |`, `|${" --- |".repeat(clients.length + 1)}`, ...rows].join("\n");
}
