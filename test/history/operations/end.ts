/** `destroy`, `destroyById` and `destroyAll`. */
import type { Checker } from "../checker.ts";
import { LATE, NEVER, now } from "../clock.ts";
import type { Result, Service } from "../fleet.ts";
import { ended, foundAlive, judgeFailure } from "../judge.ts";
import type { Generation } from "../model/generation.ts";
import type { Person } from "../model/person.ts";
import type { Session } from "../model/session.ts";

export async function destroy(
  checker: Checker,
  session: Session,
  token: Generation,
  service: Service,
): Promise<void> {
  const sent = now();
  const settle = session.beginEnding(sent, "destroy");
  const result = await checker.ask(service, "destroy", { token: token.token }, sent);
  session.note(
    result.from,
    result.to,
    `destroy #${token.number} by ${service.name}: ${result.failure?.reason ?? result.answer}`,
  );
  judgeEnd(checker, session, "destroy", service, result, settle);
}

export async function destroyById(checker: Checker, session: Session, service: Service): Promise<void> {
  const { person, id } = session;
  if (person.subject === undefined) return;
  const sent = now();
  const settle = session.beginEnding(sent, "destroyById");
  const result = await checker.ask(service, "destroyById", { subject: person.subject, id }, sent);
  session.note(
    result.from,
    result.to,
    `destroyById by ${service.name}: ${result.failure?.reason ?? result.answer}`,
  );
  judgeEnd(checker, session, "destroyById", service, result, settle);
}

function judgeEnd(
  checker: Checker,
  session: Session,
  operation: "destroy" | "destroyById",
  service: Service,
  result: Result<boolean>,
  settle: (isPossible: boolean) => void,
): void {
  const { from, to, failure, answer } = result;
  const by = `${operation} by ${service.name}`;
  if (failure) {
    settle(true);
    judgeFailure(checker, service, operation, result);
    return;
  }
  settle(answer === true);
  if (answer) {
    if (session.ender !== "")
      checker.violation("R13", `${by} ended a session that ${session.ender} had already ended`, session);
    session.ender = by;
    // destroyById has no token to read the deadline from, and the key may outlive it by part of a second.
    if (operation === "destroy" || from < session.deadlineFrom)
      foundAlive(checker, session, undefined, from, by);
  } else if (!session.mayHaveEnded(to) && !checker.mayHaveFailed(result, service)) {
    checker.violation("R13", `${by} says that a live session isn't live`, session);
  }
  ended(checker, session, to, by);
}

const LOST = "destroyAll with a token that may not have been live";

export interface Spared {
  readonly session: Session;
  readonly token: Generation;
}

export async function destroyAll(
  checker: Checker,
  person: Person,
  service: Service,
  spared?: Spared,
): Promise<void> {
  const { subject } = person;
  if (subject === undefined) return;
  const sent = now();
  const isSpared = (session: Session): boolean => session === spared?.session;
  const others = person.sessions.filter((session) => !isSpared(session));
  const covered = others.filter(({ signedBy }) => signedBy < sent);
  const loseSpared = spared?.session.beginEnding(sent, LOST);
  const settles = others.map((session) => session.beginEnding(sent, "destroyAll"));
  const phantoms = [...person.phantoms].filter(([, failed]) => failed + LATE < sent);
  person.destroyAllUntil = NEVER;
  person.destroysUnderWay++;
  const call = { subject, ...(spared && { except: spared.token.token }) };
  const result = await checker.ask(service, "destroyAll", call, sent);
  const { from, to, failure, answer } = result;
  if (failure) person.destroyAllLateUntil = Math.max(person.destroyAllLateUntil, to + LATE);
  if (--person.destroysUnderWay === 0) person.destroyAllUntil = person.destroyAllLateUntil;
  for (const settle of settles) settle(failure !== undefined || answer === true);
  const said = failure?.reason ?? answer;
  for (const session of person.sessions) {
    const except = isSpared(session) ? ` except #${spared?.token.number}` : "";
    session.note(from, to, `destroyAll${except} by ${service.name}: ${said}`);
    // Including the sessions that were signed in the meantime.
    if (!isSpared(session) && session.signedFrom < to)
      session.mayEnd(Math.max(sent, session.signedFrom), "destroyAll");
  }
  loseSpared?.(false);
  // A dead token is ignored, so its session ends like the others.
  if (spared?.session.mayBeNull(spared.token, failure ? to + LATE : to)) spared.session.mayEnd(sent, LOST);
  if (failure) {
    person.lastFailure = to;
    return judgeFailure(checker, service, "destroyAll", result);
  }
  judgePerson(checker, person, "destroyAll", service, result);
  for (const session of covered) ended(checker, session, to, `destroyAll by ${service.name}`);
  if (spared === undefined) for (const [name] of phantoms) person.phantoms.delete(name);
}

/** Judges an answer about whether the person exists. */
export function judgePerson(
  checker: Checker,
  person: Person,
  operation: "destroyAll" | "updateAll",
  service: Service,
  { from, to, answer }: Result<boolean>,
): void {
  const by = `${operation} by ${service.name}`;
  if (answer && person.keyedFrom >= to && person.keyLostBy < from) {
    checker.violation("R13", `${by} says that there is a person ${person.subject}, but there is no key`);
  }
  const isThere = person.keyedBy < from && to < person.keyedUntil && !checker.config.evictsSilently;
  if (!answer && isThere && !person.isBeingLost) {
    checker.violation("R13", `${by} says that there is no person ${person.subject}`);
  }
}

/** Asks about a subject that never signed in. */
export async function askStranger(checker: Checker, service: Service): Promise<void> {
  const name = checker.unique("n");
  const subject = `never-${name}`;
  const sent = now();
  const operation = checker.chance.is(0.5) ? "destroyAll" : "updateAll";
  const call = { subject, data: { w: name, p: null } };
  const result =
    operation === "destroyAll"
      ? await checker.ask(service, operation, { subject }, sent)
      : await checker.ask(service, operation, call, sent);
  if (result.failure) judgeFailure(checker, service, operation, result);
  else if (result.answer)
    checker.violation("R13", `${operation} by ${service.name} says that there is a person ${subject}`);
}
