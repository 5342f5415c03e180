import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import type { Feature } from "../../interop/conformance/features.ts";
import type { Result } from "../../interop/conformance/results.ts";
import { root } from "../../tools/entries.ts";
import { python, pythonMissing } from "../support/interop.ts";

const folder = mkdtempSync(join(tmpdir(), "rwt-broken-"));
afterAll(() => rmSync(folder, { recursive: true }));

const bridge = join(root, "test/doubles/broken-bridge.ts");

/** Runs one suite of `npm run interop` with bridges that lie. */
const lying = (suite: string, lies: readonly string[]) =>
  conformance(
    suite,
    lies.map((lie) => `'${process.execPath}' '${bridge}' "${lie}"`),
  );

/** Runs one suite of `npm run interop` with these bridges. */
async function conformance(suite: string, commands: readonly string[]) {
  const json = join(folder, `${suite}.json`);
  const clients = commands.flatMap((command) => ["--client", command]);
  const args = [join(root, "interop/conformance/run.ts"), "--suite", suite, "--json", json, ...clients];
  const env = { ...process.env, VITEST: undefined, VITEST_POOL_ID: undefined, NODE_ENV: undefined };
  const { code, printed } = await promisify(execFile)(process.execPath, args, { cwd: root, env }).then(
    ({ stdout }) => ({ code: 0, printed: stdout }),
    (error) => ({ code: error.code as number, printed: `${error.stdout}${error.stderr}` }),
  );
  const results: readonly Result[] = JSON.parse(readFileSync(json, "utf8"));
  const failedOf = (client: string) => [
    ...new Set(
      results
        .filter(({ state, clients }) => state === "failed" && clients.includes(client))
        .map(({ feature }) => feature),
    ),
  ];
  return { code, printed, results, failedOf };
}

/** By suite: what is broken, and the feature whose tests find it. */
const BROKEN: Readonly<Record<string, Readonly<Record<string, Feature>>>> = {
  vectors: { "accepts a wrong tag": "vectors" },
  operations: {
    "accepts a wrong tag": "cost",
    "asks Redis about every token": "cost",
    "always restarts the idle timeout": "verify",
    "signs for ever": "sign",
    "loses numbers": "verify",
    "knows one secret": "secrets",
    "extend does nothing": "extend",
    "makes up ids": "idOf",
  },
  sessions: {
    "rotates to another session": "rotate",
    "updates what it read a while ago": "increment",
    "lists all but one": "list",
    "update does nothing": "update",
    "updateAll does nothing": "updateAll",
    "destroyAll does nothing": "destroyAll",
    "destroyById does nothing": "destroyById",
  },
  lifetimes: { "lets a person end early": "sign" },
  rotation: { "extends by any token": "extend" },
  persons: { "destroys what isn't in the index": "destroy" },
  once: { "looks at a one-time token before it takes it": "once" },
  encryption: { "encrypts nothing": "encryption", "encrypts by the same IV": "encryption" },
  details: { "writes whole numbers as fractions": "sign", "tells tokens in its errors": "outage" },
  faults: {
    "takes an outage for no session": "outage",
    "drops lines that it doesn't know": "values",
    "looks at no epoch": "values",
  },
  history: { "destroyAll does nothing": "history" },
  matrix: { "destroy does nothing": "destroy", "always restarts the idle timeout": "verify" },
};

describe("the conformance runner", { timeout: 120_000 }, () => {
  test.each(Object.entries(BROKEN))(
    "finds what is broken, and nothing else, by its suite %s",
    async (suite, lies) => {
      const { code, printed, results, failedOf } = await lying(suite, ["honest", ...Object.keys(lies)]);
      expect(results, printed).not.toEqual([]);
      for (const [lie, feature] of Object.entries(lies)) expect(failedOf(lie), lie).toContain(feature);
      // In these, the honest client fails with the one that it meets.
      if (suite !== "matrix" && suite !== "history") expect(failedOf("honest")).toEqual([]);
      expect(code).toBe(1);
      expect(printed).toContain("FAILED");
    },
  );

  test("passes a client that breaks nothing", async () => {
    const { code, printed, failedOf } = await lying("encryption", ["honest"]);
    expect(failedOf("honest"), printed).toEqual([]);
    expect(code, printed).toBe(0);
  });

  test.skipIf(python === undefined)(`passes the bridge that its README shows${pythonMissing}`, async () => {
    const readme = readFileSync(join(root, "interop/conformance/README.md"), "utf8");
    const [, program = ""] = /```python\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(program.trim().split("\n").length).toBeLessThanOrEqual(42);
    const file = join(folder, "bridge.py");
    writeFileSync(file, program);
    const path = join(root, "interop/python/src");
    const { code, printed, results } = await conformance("operations", [
      `env 'PYTHONPATH=${path}' ${python} '${file}'`,
    ]);
    expect(code, printed).toBe(0);
    const passed = results.filter(({ state }) => state === "passed").map(({ feature }) => feature);
    expect(new Set(passed)).toEqual(new Set(["sign", "verify", "slide", "extend", "secrets", "cost"]));
  });

  test("refuses a client that misspells what it has, rather than skip its tests", async () => {
    const { code, printed, results } = await lying("encryption", ["forgets what it can't do"]);
    expect(code).toBe(1);
    expect(results).toEqual([]);
    expect(printed).toContain("says that it can verfy. Choose from");
  });
});
