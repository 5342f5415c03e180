import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("memo-program.ts", import.meta.url));

test("a token from a header of 16 kB is memoized without the header, and a dead token isn't", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", program]);
  const { live, dead } = JSON.parse(stdout) as { live: number; dead: number };
  expect(live).toBeGreaterThan(100);
  expect(live).toBeLessThan(450);
  expect(dead).toBeLessThan(50);
});
