import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import vectors from "../../vectors.json" with { type: "json" };

/** The hash of a separate implementation's output, as JSON, made when the format was designed. */
const SHARED = "1e900f63bfbddea330613f47e8ac610fabb8ee4b4a7925f6b34b2cf6e63f599b";

test("vectors.json and the example in SPEC.md are up to date", async () => {
  const { stderr } = await promisify(execFile)(process.execPath, ["tools/make-vectors.ts", "--check"], {
    cwd: root,
  });
  expect(stderr).toBe("");
});

test("the last 24 token vectors are those of a separate implementation", () => {
  const shared = JSON.stringify(vectors.tokens.slice(-24));
  expect(createHash("sha256").update(shared).digest("hex")).toBe(SHARED);
});
