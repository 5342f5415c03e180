import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { forged } from "../support/forged.ts";
import type { Outcome } from "./table.ts";
import { haveAllCaught, protectionNamed, takeOut, withoutTable } from "./without.ts";

const secret = "a secret of the tests, 32 bytes or more";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "rwt-without-"));
  atEnd(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Copies the built package, without a protection. Returns what imports from the copy. */
function builtWithout(name: string): (file: string) => Promise<Record<string, CallableFunction>> {
  // Vitest leaves to Node what lies in such a folder.
  const folder = join(temporaryFolder(), "node_modules/redis-web-token");
  // Other tests keep their folders in there.
  const filter = (path: string): boolean => !path.includes("/dist/.");
  cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true, filter });
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  takeOut(protectionNamed(name), folder);
  return (file) => import(pathToFileURL(join(folder, "dist", file)).href);
}

describe("the built package", () => {
  const POST = {
    method: "POST",
    url: "https://app.example/",
    headers: new Headers({ Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }),
  };

  test("without the check of Origin takes forms of other sites", async () => {
    const { isCrossSite } = await builtWithout("origin")("request/cross-site.js");
    expect(isCrossSite?.(POST, [], [])).toBe(false);
  });

  test("without the MAC takes forged tokens for genuine", async () => {
    await using whole = createRwt({ store: memoryStore(), secret });
    const token = forged(await whole.sign("Ada"));
    expect(await whole.inspect(token)).toBeNull();
    const { createRwt: createWithout } = await builtWithout("mac")("index.js");
    await using rwt = createWithout?.({ store: memoryStore(), secret });
    expect(await rwt.inspect(token)).not.toBeNull();
  });

  test("without the cookie's attributes shows it to scripts and other sites", async () => {
    const { sessionCookie, setCookieHeader } = await builtWithout("attributes")("request/cookie.js");
    const settings = { name: "__Host-rwt", persistent: true, path: "/", secure: true, sameSite: "Lax" };
    const made = sessionCookie?.(settings, "rwt_token", 60);
    expect(made.attributes).toMatchObject({ httpOnly: false, secure: false, sameSite: "none" });
    expect(setCookieHeader?.(made)).toBe("__Host-rwt=rwt_token; Max-Age=60; Path=/; SameSite=None");
  });
});

test("a patch that doesn't fit, or fits twice, is an error and changes nothing", () => {
  const folder = temporaryFolder();
  const file = join(folder, "code.js");
  const protection = { patches: [{ file: "code.js", from: "check();", to: "" }] };
  for (const [code, count] of [
    ["other();", 0],
    ["check(); check();", 2],
  ] as const) {
    writeFileSync(file, code);
    expect(() => takeOut(protection, folder)).toThrow(
      `code.js contains ${count} times, rather than once: check();`,
    );
    expect(readFileSync(file, "utf8")).toBe(code);
  }
});

test("an unknown protection is an error that names the known ones", () => {
  for (const name of ["csrf", "constructor", ""])
    expect(() => protectionNamed(name)).toThrow("it is one of origin, mac, attributes");
});

test("rows whose framework refuses by itself aren't expected to miss it", () => {
  const rows = ["Next 16, proxy (Node)", "Express 5", "SvelteKit 2", "Astro 7"];
  const missing = (name: string) => rows.filter((row) => !protectionNamed(name).frameworks?.test(row));
  expect(missing("origin")).toEqual(rows.slice(0, 2));
  for (const name of ["mac", "attributes"]) expect(missing(name)).toEqual(rows);
});

describe("a protection counts as checked", () => {
  const outcome = (failures: string[], more: Partial<Outcome> = {}): Outcome => ({
    runtime: "Express 5",
    version: "1.0.0",
    results: [{ store: "example", passed: 9 - failures.length, total: 9, failures }],
    ...more,
  });
  const red = outcome(["another site can't post: 303"]);

  test("if a check of every row fails", () => {
    expect(haveAllCaught([red, red])).toBe(true);
    expect(withoutTable([red])).toContain("| Express 5 | red | example: another site can't post |");
  });

  const suite = { store: "memory", passed: 1, total: 2, failures: ["a case"] };
  test.each([
    ["a row stays green", [red, outcome([])]],
    ["a row couldn't run", [red, outcome([], { results: [], error: "npm install" })]],
    ["only the suites of a row failed", [outcome([], { results: [suite] })]],
    ["no row ran", []],
  ])("but not if %s", (_, outcomes) => {
    expect(haveAllCaught(outcomes)).toBe(false);
    if (outcomes.length > 0) expect(withoutTable(outcomes)).toContain("NOT CAUGHT");
  });
});
