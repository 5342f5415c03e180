/** The package without one of its protections: rows of the matrix that check it have to turn red. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../tools/entries.ts";
import type { Outcome } from "./table.ts";

const run = promisify(execFile);

interface Patch {
  readonly file: string;
  /** Occurs in the file once. */
  readonly from: string;
  readonly to: string;
}

export interface Protection {
  readonly patches: readonly Patch[];
  /** The rows in which the framework refuses what it would. */
  readonly frameworks?: RegExp;
}

const COOKIE = "dist/request/cookie.js";

export const PROTECTIONS: Readonly<Record<string, Protection>> = {
  origin: {
    patches: [
      {
        file: "dist/request/cross-site.js",
        from: "const opensSocket =",
        to: "return false;\n    const opensSocket =",
      },
    ],
    // Of forms. Next does so for Server Actions, and leaves Route Handlers to us.
    frameworks: /^(SvelteKit|Astro) /,
  },
  mac: {
    patches: [
      {
        file: "dist/token/token.js",
        from: "if (equalInConstantTime(mac.slice(0, TAG_BYTES), bytes.slice(BODY_BYTES)))",
        to: "if (mac)",
      },
    ],
  },
  attributes: {
    patches: [
      { file: COOKIE, from: "httpOnly: true,", to: "httpOnly: false," },
      {
        file: COOKIE,
        from: " secure,\n            sameSite: sameSite.toLowerCase(),",
        to: ' secure: false,\n            sameSite: "none",',
      },
      { file: COOKIE, from: '"HttpOnly",', to: "" },
    ],
  },
};

export function protectionNamed(name: string): Protection {
  const found = Object.hasOwn(PROTECTIONS, name) ? PROTECTIONS[name] : undefined;
  if (found) return found;
  throw new Error(`there is no protection "${name}": it is one of ${Object.keys(PROTECTIONS).join(", ")}`);
}

/**
 * Patches an unpacked package.
 *
 * @throws Error if a patch doesn't fit: then the code has changed, and the package would be whole
 */
export function takeOut({ patches }: Protection, folder: string): void {
  for (const { file, from, to } of patches) {
    const path = join(folder, file);
    const parts = readFileSync(path, "utf8").split(from);
    if (parts.length !== 2)
      throw new Error(`${file} contains ${parts.length - 1} times, rather than once: ${from}`);
    writeFileSync(path, parts.join(to));
  }
}

/** Packs the package as for publishing, and takes a protection out. Returns the folder of what is left. */
export async function packageWithout(protection: Protection, parent: string): Promise<string> {
  const folder = join(parent, "packed");
  mkdirSync(folder);
  const { stdout } = await run(
    "npm",
    ["pack", "--silent", "--ignore-scripts", `--pack-destination=${folder}`],
    {
      cwd: root,
    },
  );
  await run("tar", ["-xzf", stdout.trim()], { cwd: folder });
  takeOut(protection, join(folder, "package"));
  return join(folder, "package");
}

/** The checks that a user's pages and API pass. */
const CHECKS: readonly string[] = ["example", "browser", "docs"];

/** The checks of a row that failed. A row that couldn't run has checked nothing, so it has caught nothing. */
export const caughtBy = ({ error, results }: Outcome): readonly string[] =>
  error === undefined
    ? results
        .filter(({ store }) => CHECKS.includes(store))
        .flatMap(({ store, failures }) => failures.map((failure) => `${store}: ${failure.split(":")[0]}`))
    : [];

/** The table of such a run. */
export function withoutTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const caught = caughtBy(outcome);
    return `| ${outcome.runtime} | ${caught.length > 0 ? "red" : "NOT CAUGHT"} | ${outcome.error?.split("\n")[0] ?? caught.join("; ")} |`;
  });
  return ["| row | | checks that failed |", "| --- | --- | --- |", ...rows].join("\n");
}

/** Whether all rows have caught it. */
export const haveAllCaught = (outcomes: readonly Outcome[]): boolean =>
  outcomes.length > 0 && outcomes.every((outcome) => caughtBy(outcome).length > 0);
