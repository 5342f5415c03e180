import type { Checker } from "../checker.ts";
import { LATE, NEVER } from "../clock.ts";
import type { Result, Service } from "../fleet.ts";
import { ended } from "../judge.ts";
import { diedBy, type Generation } from "../model/generation.ts";
import type { Session, Show } from "../model/session.ts";
import { servicesFor } from "../permissions.ts";

/**
 * Records that a call uses a token that may be old, so that it may count as reuse. Call the result with the answer.
 *
 * @param tells - whether the library promises to detect reuse in this call
 */
export function beginShow(
  checker: Checker,
  session: Session,
  token: Generation,
  sent: number,
  service: Service,
  tells: boolean,
): (result: Result<unknown>, isNo: boolean) => void {
  const { person } = session;
  const show: Show = { token, from: sent };
  session.shows.add(show);
  return (result, isNo) => {
    session.shows.delete(show);
    const hasFailed = result.failure !== undefined;
    if (!hasFailed && !isNo) return;
    if (hasFailed) session.noteLateShow(token, result.to);
    const { spec } = service;
    const couldHaveLived = !session.mayHaveEnded(result.to);
    const possible = session.alarmFrom(token, sent, hasFailed ? result.to + LATE : result.to);
    if (possible !== NEVER) {
      session.mayEnd(possible, "reuse");
      person.mayAlarm++;
    }
    if (hasFailed || !tells || spec.cache) return;
    if (!session.mustAlarm(token, result.from, diedBy(token, session.next(token)))) return;
    const hasEvents = spec.sessions && spec.client !== "bridge";
    const canTell = hasEvents && servicesFor(checker, person, "verify").includes(service);
    if (couldHaveLived && canTell) person.mustAlarm++;
    checker.observe("old tokens reused");
    ended(checker, session, result.to, `reuse of token #${token.number}`);
  };
}

/** Compares the events of reuse with the reuses that are possible and required. */
export function judgeAlarms(checker: Checker): void {
  for (const { subject, events, mayAlarm, mustAlarm } of checker.persons) {
    if (events > mayAlarm) {
      checker.violation("R14", `${events} events of reuse for ${subject}, but at most ${mayAlarm} reuses`);
    }
    if (events < mustAlarm && !checker.config.isFaulty) {
      checker.violation("R14", `${events} events of reuse for ${subject}, but at least ${mustAlarm} reuses`);
    }
  }
}
