/** `verify`, many of them at once, and `extend`. */
import type { Checker } from "../checker.ts";
import { now } from "../clock.ts";
import type { Result, Service } from "../fleet.ts";
import { foundDead, judgeFailure, letIn, staleness } from "../judge.ts";
import { readData } from "../judge-data.ts";
import type { Generation } from "../model/generation.ts";
import type { Person } from "../model/person.ts";
import type { Session } from "../model/session.ts";
import type { Seen } from "../protocol.ts";
import { beginShow } from "./reuse.ts";
import { beginTouch, slideOf } from "./touch.ts";

const MANY = 60;

/** Records what a verify may change. Call the result with the answer to judge it. */
function beginVerify(
  checker: Checker,
  session: Session,
  token: Generation,
  service: Service,
  sent: number,
): (result: Result<Seen | null>) => void {
  const isNotCached = service.spec.cache === undefined;
  token.usedFrom = Math.min(token.usedFrom, sent);
  const show = beginShow(checker, session, token, sent, service, true);
  const touch = beginTouch(session, slideOf(service, session));
  return (result) => {
    const { from, to, failure, answer } = result;
    const isLive = failure === undefined && answer !== null && answer !== undefined;
    touch(result, isLive);
    show(result, failure === undefined && !isLive);
    const said = failure?.reason ?? answer?.data?.w ?? "null";
    session.note(from, to, `verify #${token.number} by ${service.name}: ${said}`);
    if (failure) return;
    if (!answer) return foundDead(checker, session, token, result, "verify", service);
    // A fault may have prevented the write that marks the token as used.
    if (isNotCached && !checker.mayHaveFailed(result, service)) token.usedBy = Math.min(token.usedBy, to);
    letIn(checker, session, token, from - staleness(checker, service), "verify", service);
    readData(checker, session, answer, result, service);
  };
}

/** @returns whether the token is live; `undefined` if the call failed */
export async function verify(
  checker: Checker,
  session: Session,
  token: Generation,
  service: Service,
  isStranger = false,
): Promise<boolean | undefined> {
  const sent = now();
  const judge = beginVerify(checker, session, token, service, sent);
  // An aborted call must not shift or mix the answers of others in its batch.
  const givesUp = !session.person.isPaused && checker.chance.is(0.05);
  const patience = givesUp ? checker.chance.below(4) : undefined;
  const call = { token: token.token, ...(patience !== undefined && { patience }) };
  const result = await checker.ask(service, "verify", call, sent);
  judge(result);
  judgeFailure(checker, service, "verify", result, isStranger);
  if (isStranger && result.answer && session.person.group === "encrypted") {
    checker.violation("R4", `verify by ${service.name} reads an encrypted session without its key`, session);
  }
  return result.failure ? undefined : result.answer !== null;
}

/** Many verifies in one tick, which batching must not mix up. */
export async function verifyMany(
  checker: Checker,
  persons: readonly Person[],
  service: Service,
): Promise<void> {
  const asked: [Session, Generation][] = [];
  for (const session of persons.flatMap(({ sessions }) => sessions)) {
    for (const token of session.generations) {
      const isWanted = token === session.latest || checker.chance.is(0.5);
      if (isWanted && asked.length < MANY) asked.push([session, token]);
    }
  }
  const [first] = asked;
  if (first === undefined) return;
  if (checker.chance.is(0.3)) asked.push(first);
  const sent = now();
  const judges = asked.map(([session, token]) => beginVerify(checker, session, token, service, sent));
  for (const person of persons) person.underWay++;
  const tokens = asked.map(([, { token }]) => token);
  const result = await checker.ask(service, "verifyMany", { tokens }, sent);
  const { from, to, failure, answer } = result;
  for (const person of persons) person.underWay--;
  for (const [i, judge] of judges.entries()) {
    judge(failure ? { from, to, failure } : { from, to, answer: answer?.[i] ?? null });
  }
  judgeFailure(checker, service, "verifyMany", result);
}

export async function extend(
  checker: Checker,
  session: Session,
  token: Generation,
  service: Service,
): Promise<void> {
  const sent = now();
  token.usedFrom = Math.min(token.usedFrom, sent);
  const show = beginShow(checker, session, token, sent, service, false);
  const touch = beginTouch(session, 0);
  const result = await checker.ask(service, "extend", { token: token.token }, sent);
  const { from, to, failure, answer } = result;
  touch(result, answer === true);
  show(result, answer === false);
  session.note(from, to, `extend #${token.number} by ${service.name}: ${failure?.reason ?? answer}`);
  if (failure) return judgeFailure(checker, service, "extend", result);
  if (!answer) return foundDead(checker, session, token, result, "extend", service);
  token.usedBy = Math.min(token.usedBy, to);
  letIn(checker, session, token, from, "extend", service);
}
