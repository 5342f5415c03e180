import { describe, expect, test } from "vitest";
import { isGreen, type Outcome, pageTable, terminalTable, withTable } from "./table.ts";

const passed = (store: string) => ({ store, passed: 9, total: 9, failures: [] });
const EVERYWHERE = ["memory", "HTTP", "Hono"].map(passed);
const outcome = (extra: Partial<Outcome> = {}): Outcome => ({
  runtime: "Node 24",
  version: "24.1.0",
  results: [...EVERYWHERE, passed("ioredis")],
  ...extra,
});
const failed = outcome({ results: [...EVERYWHERE, { ...passed("ioredis"), passed: 8, failures: ["why"] }] });
const broken = outcome({ results: [], error: "it ended with 1" });

describe("a row of the matrix is red", () => {
  test.each([
    ["if a case failed", failed],
    ["if the runtime couldn't run it", broken],
    ["if nothing was run", outcome({ results: [] })],
    ["if no case was found", outcome({ results: [...EVERYWHERE, { ...passed("x"), passed: 0, total: 0 }] })],
    ["if a store that every runtime has is missing", outcome({ results: EVERYWHERE.slice(1) })],
  ])("%s", (_, red) => {
    expect(isGreen(red)).toBe(false);
    expect(terminalTable([red])).toMatch(/^FAILED +Node 24/m);
  });

  test("and green otherwise", () => {
    expect(isGreen(outcome())).toBe(true);
    expect(terminalTable([outcome()])).toMatch(/^ok +Node 24 +24\.1\.0 +9\/9/m);
  });
});

test("the page's table shows what passed, what failed, and what a runtime doesn't have", () => {
  const [, , ...rows] = pageTable([outcome(), failed, broken]).split("\n");
  expect(rows).toEqual([
    "| Node 24 | ✓ | ✓ | ✓ | ✓ | | |",
    "| Node 24 | ✓ | ✓ | ✓ | ✗ | | |",
    "| Node 24 | ✗ | ✗ | ✗ | ✗ | ✗ | ✗ |",
  ]);
});

test("the table replaces the previous one, and nothing else", () => {
  const page = withTable("# A\n<!-- made by `npm run matrix -- --write`: -->\nold\n<!-- end -->\nB\n", "new");
  expect(page).toBe("# A\n<!-- made by `npm run matrix -- --write`: -->\n\nnew\n\n<!-- end -->\nB\n");
  expect(withTable(page, "new")).toBe(page);
  expect(() => withTable("# A", "new")).toThrow("has no <!-- made by");
});
