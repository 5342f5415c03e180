import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The clock ticks per second in which Linux counts a process's time. */
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** Microseconds of CPU that another process has used so far, in all threads, in user mode and in the kernel. */
export function processCpu(pid: number): number {
  // The name of the program is in parentheses, and may itself contain spaces and parentheses.
  const [, fields = ""] = /\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
  const [userTicks, systemTicks] = fields.split(" ").slice(11, 13).map(Number);
  return (((userTicks ?? Number.NaN) + (systemTicks ?? Number.NaN)) / TICKS) * 1e6;
}
