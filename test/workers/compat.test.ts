import { describe, expect, inject, test } from "vitest";
import { rwt } from "../../src/compat/edge.ts";
import { originalCases } from "../compat/original-cases.ts";

describe("the original's cases in workerd", () => {
  originalCases(rwt, { url: inject("restUrl"), token: inject("restToken") });
});

test("host and port are refused at creation, since there is no TCP", () => {
  for (const redis of [undefined, { host: "localhost", port: 6380 }]) {
    expect(() => rwt(redis && { redis })).toThrow(/redis must be \{ url, token \}/);
  }
});
