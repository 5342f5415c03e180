import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { tokenVector } from "../../tools/vectors/token.ts";
import vectors from "../../vectors.json" with { type: "json" };
import shared from "../token/vectors.json" with { type: "json" };

test.each([...shared, ...vectors.tokens])("the generator makes $token of its inputs", (vector) => {
  const { secret, subject, deadline, expire, slot, random } = vector;
  const input = { secret, subject, deadline, expire, random };
  expect(tokenVector(subject === null ? { ...input, slot } : input)).toEqual(vector);
});

test("vectors.json is what the generator makes", async () => {
  const { stderr } = await promisify(execFile)(process.execPath, ["tools/make-vectors.ts", "--check"], {
    cwd: root,
  });
  expect(stderr).toBe("");
});
