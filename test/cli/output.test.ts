import { describe, expect, test, vi } from "vitest";
import { printColored } from "../../src/cli/output.ts";
import { ownRedis } from "../support/servers.ts";
import { RWT_SECRET } from "./examination.ts";
import { runProgram } from "./program.ts";

describe("colors", () => {
  const written = (isTTY: boolean, hasColors: boolean): string => {
    const lines: string[] = [];
    const stdout = Object.assign(Object.create(process.stdout), {
      isTTY,
      hasColors: () => hasColors,
      write: (text: string) => lines.push(text),
    });
    const spy = vi.spyOn(process, "stdout", "get").mockReturnValue(stdout);
    printColored("red", "problem", " \u001b[2J");
    spy.mockRestore();
    return lines.join("");
  };

  test("stand on a terminal that has them, around the state alone", () => {
    expect(written(true, true)).toBe("\u001b[31mproblem\u001b[39m \\u001b[2J\n");
  });

  test("stand nowhere else: NO_COLOR is what hasColors looks at", () => {
    expect(written(true, false)).toBe("problem \\u001b[2J\n");
    expect(written(false, true)).toBe("problem \\u001b[2J\n");
  });
});

test("doctor ends with a line that counts its findings", async () => {
  const redis = await ownRedis();
  const { stdout } = await runProgram(["doctor"], { RWT_SECRET, REDIS_URL: redis.url });
  expect(stdout).not.toContain("\u001b");
  const states = [...stdout.matchAll(/^(ok|warning|problem|unknown) /gm)].map(([, state]) => state);
  const of = (state: string) => states.filter((each) => each === state).length;
  const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const summary = `${of("ok")} ok, ${plural(of("warning"), "warning")}, ${plural(of("problem"), "problem")}, ${of("unknown")} unknown`;
  expect(stdout.trimEnd().split("\n").at(-1)).toBe(summary);
});
