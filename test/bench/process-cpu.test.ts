/** The CPU of another process, by which the benchmark judges workerd. It reads Linux's /proc. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { processCpu } from "../../bench/lib/process-cpu.ts";

const PROGRAM = `
process.on("message", (ms) => {
  const end = process.cpuUsage().user + ms * 1000;
  while (process.cpuUsage().user < end);
  process.send(process.cpuUsage());
});
process.on("disconnect", () => process.exit());
`;

describe.runIf(process.platform === "linux")("the CPU of a process", () => {
  test("is what the process itself says, to the tick of 10 ms", async () => {
    const child = fork("-e", [PROGRAM], { execArgv: [] });
    const { pid = 0 } = child;
    child.send(200);
    const [{ user, system }] = await once(child, "message");
    expect(Math.abs(processCpu(pid) - (user + system))).toBeLessThan(40_000);
    child.disconnect();
  });

  test("throws for a process that there isn't", () => {
    expect(() => processCpu(0x7f_ff_ff_ff)).toThrow(/ENOENT/);
  });
});
