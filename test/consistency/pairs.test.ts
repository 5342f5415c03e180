import { describe, expect, test } from "vitest";
import { atEnd } from "../support/at-end.ts";
import { startEnvironment } from "./environment.ts";
import { runPairs } from "./pairs.ts";
import { WAYS } from "./ways.ts";

const environment = await startEnvironment([500, 300]);
atEnd(() => environment.stop());

describe.each(["HTTP", "TCP"] as const)("over %s, with replicas that lag", (transport) => {
  test.each(WAYS)("$name", { timeout: 60_000 }, async (way) => {
    const { signs, ends } = await runPairs(environment, { transport, way, pairs: 200, workers: 20 });
    expect([signs.failed, ends.failed]).toEqual([0, 0]);
    expect(signs.pairs + ends.pairs).toBe(200);
    // Without any of the ways, replicas that lag are seen.
    if (way.name === "plain") expect(Math.min(signs.wrong, ends.wrong)).toBeGreaterThan(0);
    else expect([signs.wrong, ends.wrong]).toEqual([0, 0]);
  });
});
