import type { Checker } from "./checker.ts";
import { NEVER, shown, WALL } from "./clock.ts";
import type { Result, Service } from "./fleet.ts";
import { diedBy, type Generation, refusedBy } from "./model/generation.ts";
import type { Session } from "./model/session.ts";
import { GAVE_UP, type Operation } from "./protocol.ts";
import type { Rule } from "./rules.ts";

/** How much a service's clock may differ from the driver's, milliseconds. */
const CLOCK_SLACK = 30;
/** Operations that take several round trips, each with its own timeout. */
const ROUND_TRIPS: Partial<Record<Operation, number>> = {
  verify: 2,
  sign: 2,
  updateBy: 6,
  updateAllBy: 6,
  // One for each secret.
  onceIssue: 2,
  onceCode: 2,
  onceGuess: 2,
  onceRevoke: 2,
};
/** How calls fail when the machine is overloaded. */
const OF_STALLS = ["timeout", "network", "breaker"];
/** Their duration depends on the amount of data. */
const LONG: readonly Operation[] = ["list", "verifyMany", "destroyAll", "updateAll"];

/**
 * Judges an error.
 *
 * @param isStranger - the service can't decrypt what it asked for
 */
export function judgeFailure(
  checker: Checker,
  service: Service,
  operation: Operation,
  { from, to, failure }: Result<unknown>,
  isStranger = false,
): void {
  if (failure === undefined) return;
  const { code, name, reason, cause, stack } = failure;
  if (code === GAVE_UP) {
    checker.observe("callers gave up");
    return;
  }
  const key = [code || name, reason, cause].filter(Boolean).join(":");
  checker.failures[key] = (checker.failures[key] ?? 0) + 1;
  const what = `${operation} by ${service.name}`;
  if (code !== "ERR_RWT_STORE_UNAVAILABLE") {
    checker.violation("R0", `${what}: ${key} ${stack}`);
    return;
  }
  if (isStranger && reason === "encrypted") {
    checker.observe("refused without encryption");
    return;
  }
  if (checker.config.evictsSilently && reason === "memory") return;
  const judge = (rule: Rule, why: string): void => {
    if (OF_STALLS.includes(reason) && checker.wasStalled({ from, to }, service)) {
      checker.observe("failures on an overloaded machine");
    } else checker.violation(rule, `${what} ${why}`);
  };
  if (!checker.config.isFaulty) judge("R2err", `failed without a fault: ${key}`);
  else if (!checker.mayHaveFailed({ from, to }, service)) {
    const after = (from - checker.faultEnded).toFixed(0);
    judge("R12", `failed ${after} ms after the fault ${checker.lastFault} was over: ${key}`);
  }
  const { timeout } = service.spec;
  const most = timeout * (ROUND_TRIPS[operation] ?? 1) + (checker.config.lateBy ?? 1_500);
  if (to - from > most && !LONG.includes(operation)) {
    judge("R11", `took ${(to - from).toFixed(0)} ms to fail with ${key}; its timeout is ${timeout}`);
  }
}

/** How old a cached answer may be, milliseconds. */
export const staleness = (checker: Checker, { spec }: Service): number =>
  spec.cache && !checker.config.isCacheShared ? spec.cache.ttl * 1000 + 20 : 0;

/** Records that a call that began at `from` accepted a token. */
export function letIn(
  checker: Checker,
  session: Session,
  token: Generation | undefined,
  from: number,
  what: string,
  service: Service,
): void {
  const by = `${what} by ${service.name}`;
  if (checker.config.judgesIdle && from > session.idleBy()) {
    const after = (from - session.idleBy()).toFixed(0);
    checker.violation("R1idle", `${by} let a session in ${after} ms after it had idled out`, session);
  }
  const { deadline } = session;
  if (deadline !== undefined && !service.spec.clockOffset && WALL + from - CLOCK_SLACK > deadline * 1000) {
    checker.violation("R1deadline", `${by} let a session in after its deadline`, session);
  }
  foundAlive(checker, session, token, from, by);
}

/** Records that a call that began at `from` found the session alive. */
export function foundAlive(
  checker: Checker,
  session: Session,
  token: Generation | undefined,
  from: number,
  by: string,
): void {
  if (from > session.letIn) {
    session.letIn = from;
    session.letInBy = by;
  }
  if (token && from > token.letIn) {
    token.letIn = from;
    token.letInBy = by;
  }
  judgeLife(checker, session, token);
}

/** Checks that nothing was accepted after it had certainly ended. Call it after each change of the model. */
export function judgeLife(checker: Checker, session: Session, token?: Generation): void {
  const rule = ruleOf(session.endedWhy);
  if (session.letIn > session.endedBy) {
    const late = (session.letIn - session.endedBy).toFixed(2);
    checker.violation(
      rule,
      `${session.letInBy} let a session in ${late} ms after its end (${session.endedWhy})`,
      session,
    );
    session.letIn = -NEVER;
  }
  if (session.listed > session.endedBy) {
    const late = (session.listed - session.endedBy).toFixed(2);
    checker.violation("R5", `list showed a session ${late} ms after its end (${session.endedWhy})`, session);
    session.listed = -NEVER;
  }
  if (token === undefined) return;
  // Using or rotating a token also affects its neighbours.
  for (let number = Math.max(0, token.number - 2); number <= token.number + 1; number++) {
    const one = session.generations[number];
    if (one) judgeToken(checker, session, one);
  }
}

function judgeToken(checker: Checker, session: Session, token: Generation): void {
  const next = session.next(token);
  const died = diedBy(token, next);
  if (token.letIn > died) {
    const late = (token.letIn - died).toFixed(2);
    checker.violation(
      "R7",
      `${token.letInBy} let token #${token.number} in ${late} ms after a rotation had ended it`,
      session,
    );
    token.letIn = -NEVER;
  }
  if (token.letIn > token.nullBy) {
    const late = (token.letIn - token.nullBy).toFixed(2);
    checker.violation(
      "R1",
      `${token.letInBy} let token #${token.number} in ${late} ms after another call had found it dead`,
      session,
    );
    token.letIn = -NEVER;
  }
  const refused = refusedBy(token, next);
  if (token.succeeded > refused) {
    const late = (token.succeeded - refused).toFixed(2);
    checker.violation(
      "R7",
      `rotate returned a successor of token #${token.number} ${late} ms after the last time that it may`,
      session,
    );
    token.succeeded = -NEVER;
  }
}

const ruleOf = (why: string): Rule =>
  why.startsWith("reuse") ? "R14" : why.startsWith("person") ? "R15" : "R1";

/** Records that the session has certainly ended by a time. */
export function ended(checker: Checker, session: Session, by: number, why: string): void {
  session.mayEnd(by, why);
  if (by >= session.endedBy) return;
  session.endedBy = by;
  session.endedWhy = why;
  session.note(by, by, `has ended by ${shown(by)}: ${why}`);
  judgeLife(checker, session);
}

/** Judges and records an answer that a token isn't live. Such an answer is final. */
export function foundDead(
  checker: Checker,
  session: Session,
  token: Generation,
  { from, to }: Result<unknown>,
  what: string,
  service: Service,
): void {
  if (!session.mayBeNull(token, to)) {
    const rule = token.rotatedFrom === NEVER ? "R2" : "R7";
    checker.violation(
      rule,
      `${what} by ${service.name} said that token #${token.number} of a live session isn't live`,
      session,
      {
        from: shown(from),
        to: shown(to),
      },
    );
  }
  if (service.spec.cache || service.spec.clockOffset) return;
  token.nullBy = Math.min(token.nullBy, to);
  judgeLife(checker, session, token);
  // A token that was never rotated is dead only if its session is.
  if (token.rotatedFrom === NEVER && token === session.latest)
    ended(checker, session, to, `${what} said null`);
}
