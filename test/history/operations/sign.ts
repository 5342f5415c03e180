import type { Checker } from "../checker.ts";
import { LATE, NEVER, now, WALL } from "../clock.ts";
import type { Result, Service } from "../fleet.ts";
import { judgeFailure, judgeLife } from "../judge.ts";
import { Generation } from "../model/generation.ts";
import { payload } from "../model/payload.ts";
import type { Person, Span } from "../model/person.ts";
import { Session } from "../model/session.ts";
import { servicesFor } from "../permissions.ts";
import type { Issued } from "../protocol.ts";
import { generationOf } from "../wire.ts";

/** How much the services' clocks may be off, milliseconds. */
const SKEW_MS = 300_000;

export async function sign(checker: Checker, person: Person): Promise<Session | undefined> {
  const service = checker.chance.pick(servicesFor(checker, person, "sign"));
  if (service === undefined) return undefined;
  const { spec } = service;
  const name = checker.unique("s");
  const firstWrite = `S${name}`;
  const sent = now();
  const session = new Session(name, person, sent, spec.expire, firstWrite);
  const ahead = Math.min(0, spec.clockOffset ?? 0);
  const deadline = Math.floor((WALL + sent) / 1000) + spec.maxLifetime + ahead;
  session.mayVanish = checker.config.evictsSilently ?? false;
  session.isUnlisted = session.mayVanish;
  session.deadlineFrom = deadline * 1000 - WALL - (checker.config.isSkewed ? SKEW_MS : 20);
  if (person.isLimited) makeRoom(person, session, spec.maxSessions ?? NEVER, sent);
  if (person.indexLostFrom !== NEVER && person.isLimited) {
    for (const other of person.sessions) other.mayEnd(sent, "index was lost");
  }
  if (person.destroyAllUntil > sent) session.mayEnd(sent, "destroyAll under way");
  checker.sessions.set(name, session);
  person.sessions.push(session);
  person.keyedFrom = Math.min(person.keyedFrom, sent);
  person.pendingSigns++;
  const span: Span = { from: sent, to: NEVER, isCertain: false };
  if (person.isLimited) person.noteSign(span);
  session.touching++;
  const { subject } = person;
  const data = {
    u: name,
    w: firstWrite,
    p: payload(firstWrite),
    ...(subject !== undefined && { s: subject }),
  };
  const call = { data, meta: { m: name, q: '"},{' }, ...(subject !== undefined && { subject }) };
  const result = await checker.ask(service, "sign", call, sent);
  const { from, to, failure, answer } = result;
  person.pendingSigns--;
  span.isCertain = failure === undefined;
  span.to = span.isCertain ? to : to + LATE;
  session.touching--;
  const done = failure ? failure.reason || failure.code : "done";
  session.note(from, to, `sign by ${service.name}: ${done}`);
  if (person.isLimited) for (const other of person.sessions) noteOther(other, session, from, to, done);
  if (failure || !answer) return void notSigned(checker, session, service, result);
  return signed(checker, session, { ...result, answer });
}

function noteOther(other: Session, session: Session, from: number, to: number, done: string): void {
  if (other !== session) other.note(from, to, `another sign-in, ${session.name}: ${done}`);
}

/** Records which sessions a sign-in under a limit may end. */
function makeRoom(person: Person, session: Session, max: number, sent: number): void {
  if (person.group !== "endOldest") return;
  if (person.lateSignUntil > sent) session.mayEnd(sent, "room for a sign-in that failed");
  const others = person.sessions.filter((other) => other !== session && other.endedBy > sent).length;
  if (others + person.phantoms.size + 1 <= max) return;
  for (const other of person.sessions) other.mayEnd(sent, "room for a new one");
  const mayBeLate = person.pendingSigns > 0 || person.phantoms.size > 0 || person.lateSignUntil > sent;
  if (mayBeLate) session.mayEnd(sent, "room for a new one");
}

function signed(
  checker: Checker,
  session: Session,
  { from, to, answer }: Result<Issued> & { readonly answer: Issued },
): Session {
  const { person } = session;
  if (generationOf(answer.token) !== 0) checker.violation("R7", "a new token isn't of generation 0", session);
  session.signedBy = to;
  session.id = answer.id;
  session.touched = Math.max(session.touched, from);
  session.mayBeTouched = Math.max(session.mayBeTouched, to);
  session.generations.push(new Generation(0, answer.token));
  const first = session.writes.get(`S${session.name}`);
  if (first) first.by = Math.min(first.by, to);
  if (from > person.keyLostBy) {
    person.keyedBy = Math.min(person.keyedBy, to);
    person.keyedUntil = Math.max(person.keyedUntil, session.deadlineFrom);
  }
  judgeLife(checker, session);
  return session;
}

function notSigned(checker: Checker, session: Session, service: Service, result: Result<Issued>): void {
  const { person, name } = session;
  session.isRetired = true;
  person.drop(session);
  if (result.failure?.code === "ERR_RWT_SESSION_LIMIT" && person.group === "reject") {
    const max = service.spec.maxSessions ?? NEVER;
    const kept = person.sessions.filter(
      ({ signedFrom, endedBy }) => signedFrom < result.to && endedBy >= result.from,
    );
    const retired = person.retiredEnds.filter((end) => end > result.from);
    const most = kept.length + retired.length + person.phantoms.size;
    if (most < max)
      checker.violation(
        "R6",
        `sign was refused though at most ${most} of ${max} sessions were live`,
        session,
      );
    checker.sessions.delete(name);
    person.forgetSign(session.signedFrom);
    checker.observe("sign-ins refused");
    return;
  }
  judgeFailure(checker, service, "sign", result);
  person.lastFailure = result.to;
  // The session may still be created, displace others, and appear in a list.
  person.phantoms.set(name, result.to);
  person.lateSignUntil = result.to + LATE;
  if (person.group !== "endOldest") return;
  for (const other of person.sessions) other.mayEnd(session.signedFrom, "room for a sign-in that failed");
}
