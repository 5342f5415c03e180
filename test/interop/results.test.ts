import { expect, test } from "vitest";
import type { TestModule } from "vitest/node";
import { resultsOf } from "../../interop/conformance/results.ts";
import { pageTable } from "../../interop/conformance/table.ts";

/** A file of tests, one for each client. */
function fileOf(name: string, clients: readonly string[]): TestModule {
  const tests = clients.map((client) => ({
    fullName: `${name} of ${client}`,
    meta: () => ({ conformance: { feature: "verify", clients: [client] } }),
    result: () => ({ state: "passed" }),
  }));
  return {
    moduleId: `/suites/${name}.test.ts`,
    children: { allTests: () => tests },
  } as unknown as TestModule;
}

test("the table's columns don't depend on which file Vitest ran first", () => {
  const first = fileOf("encryption", ["Node", "workerd", "PHP"]);
  const second = fileOf("history", ["Node", "PHP"]);
  const table = pageTable(resultsOf([first, second]));
  expect(table.split("\n")[0]).toBe("| | Node | workerd | PHP |");
  expect(pageTable(resultsOf([second, first]))).toBe(table);
});
