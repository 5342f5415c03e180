import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../fuzz/random.ts";
import { audit } from "./audit.ts";
import { Checker } from "./checker.ts";
import { now } from "./clock.ts";
import type { Configuration } from "./configuration.ts";
import { finishOnce } from "./once/steps.ts";
import { judgeAlarms } from "./operations/reuse.ts";
import { watchAny } from "./operations/watch.ts";
import { QUIET_MS } from "./outside/nemesis.ts";
import { type Report, reportOf, Usages } from "./report.ts";
import { retire } from "./retire.ts";
import type { Rule } from "./rules.ts";
import { Watch } from "./watch.ts";
import { step } from "./workload.ts";

/** How long the flows may take to finish after the run. */
const PATIENCE_MS = 30_000;
const PROGRESS_MS = 15_000;

export interface CheckOptions {
  readonly seed: number;
  readonly milliseconds: number;
  readonly mostOperations?: number;
  /** The lie that the services tell: a name of `LIES`. */
  readonly mutation?: string;
  /** Stops the run at the first violation of this rule. */
  readonly stopsAt?: Rule;
  readonly isQuiet?: boolean;
}

/** How many sessions are watched at any time. */
const WATCHES = 8;

/** Runs a configuration and judges every answer. */
export async function check(name: string, config: Configuration, options: CheckOptions): Promise<Report> {
  const { seed, milliseconds, mostOperations = Number.POSITIVE_INFINITY, mutation } = options;
  const random = createRandom(seed, name.length);
  const checker = new Checker(name, config, seed, random);
  checker.stopsAt = options.stopsAt;
  checker.isQuiet = options.isQuiet ?? false;
  checker.mutation = mutation;
  const began = now();
  await checker.start(random);
  if (!checker.isQuiet) console.log(`  Redis on ${checker.environment?.ports.join(", ") || "no port"}`);
  const until = now() + milliseconds;
  let areFlowsOver = false;
  const isOver = (): boolean =>
    areFlowsOver || now() >= until || checker.operations >= mostOperations || checker.isOver;

  const { environment } = checker;
  const watch = new Watch(checker, environment?.ports ?? []);
  const usages = new Usages(checker);
  const alongside = [
    environment?.nemesis?.(checker, () => isOver() || now() >= until - QUIET_MS),
    repeat(
      isOver,
      () => checker.chance.between(150, 550),
      () => auditAny(checker),
    ),
    repeat(
      isOver,
      () => 5_000,
      () => usages.take(),
    ),
    ...Array.from({ length: WATCHES }, () =>
      repeat(
        isOver,
        () => 20,
        () => watchAny(checker),
      ),
    ),
  ];
  const progress = setInterval(() => {
    if (!checker.isQuiet) console.log(`  ${progressOf(checker, watch, began)}`);
  }, PROGRESS_MS);
  const flows = Array.from({ length: config.flows }, async () => {
    while (!isOver()) {
      await step(checker);
      if (config.pause) await sleep(checker.chance.fraction() * config.pause);
    }
  });
  await inTime(Promise.all(flows), milliseconds + PATIENCE_MS, () =>
    checker.violation("R11", `${checker.fleet.waiting.size} operations didn't end`),
  );
  areFlowsOver = true;
  await Promise.all(alongside);
  clearInterval(progress);
  if (!checker.isOver) for (const person of checker.persons) await audit(checker, person);
  for (const person of checker.persons) retire(checker, person, true);
  for (const person of checker.persons) finishOnce(checker, person);
  judgeAlarms(checker);
  await usages.take();
  if (config.expiresWithin && !checker.isOver) {
    await sleep(config.expiresWithin);
    await watch.judgeRest();
  }
  await watch.stop();
  for (const { host, left } of await checker.fleet.stop()) {
    if (left === undefined || config.ownClients) continue;
    checker.violation(
      "R10",
      `host ${host} didn't end after disconnect: ${left.join(", ") || "nothing is open"}`,
    );
  }
  await environment?.stop();
  return reportOf(checker, watch, usages, now() - began);
}

async function auditAny(checker: Checker): Promise<void> {
  const person = checker.chance.pick(checker.persons);
  if (person) await audit(checker, person);
}

async function repeat(isOver: () => boolean, pause: () => number, work: () => Promise<void>): Promise<void> {
  while (!isOver()) {
    const next = now() + pause();
    while (!isOver() && now() < next) await sleep(20);
    if (!isOver()) await work();
  }
}

async function inTime(work: Promise<unknown>, milliseconds: number, onLate: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      onLate();
      resolve();
    }, milliseconds);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

function progressOf(checker: Checker, watch: Watch, began: number): string {
  const seconds = Math.round((now() - began) / 1000);
  const { name, operations, checked, fleet, violations, faults } = checker;
  const broken = Object.values(faults).reduce((sum, count) => sum + count, 0);
  return (
    `${name}, ${seconds} s: ${operations.toLocaleString("en")} operations, ${checked.toLocaleString("en")} sessions judged, ` +
    `${watch.present} keys, ${fleet.waiting.size} under way, ${broken} faults, ${violations.length} violations`
  );
}
