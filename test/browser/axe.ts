import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";

/** Serious accessibility violations that axe-core finds, with rule and element. CSP doesn't apply to what a debugger evaluates. */
export async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // Long pages pass thousands of checks, and reporting each of them would take most of the time.
  const { violations, passes } = (await page.evaluate(
    "axe.run({ resultTypes: ['violations'] })",
  )) as AxeResults;
  if (passes.length === 0) throw new Error("axe-core looked at nothing");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
