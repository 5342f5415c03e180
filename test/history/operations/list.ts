import type { Checker } from "../checker.ts";
import { NEVER, now, shown } from "../clock.ts";
import type { Result, Service } from "../fleet.ts";
import { judgeFailure, judgeLife } from "../judge.ts";
import type { Person } from "../model/person.ts";
import type { Session } from "../model/session.ts";
import type { Answers, Listed } from "../protocol.ts";

type Found = Result<Answers["list"]> & { readonly answer: Answers["list"] };

/** @returns the names of the listed sessions; `undefined` if the call failed */
export async function list(
  checker: Checker,
  person: Person,
  service: Service,
  limit: number,
): Promise<ReadonlySet<string> | undefined> {
  const { subject } = person;
  if (subject === undefined) return undefined;
  const sent = now();
  const own = checker.chance.is(0.3) ? checker.chance.pick(person.sessions) : undefined;
  const current = checker.chance.pick(own?.generations ?? [])?.token;
  const call = { subject, limit, ...(current !== undefined && { current }) };
  const result = await checker.ask(service, "list", call, sent);
  const { from, to, failure, answer } = result;
  if (failure || !answer) {
    person.lastFailure = to;
    judgeFailure(checker, service, "list", result);
    return undefined;
  }
  const found = { ...result, answer };
  const shownNow = new Set<string>();
  for (const listed of answer.sessions) {
    const session = known(checker, person, listed, found, service);
    if (session === undefined) continue;
    if (shownNow.has(session.name))
      checker.violation("R5", `list by ${service.name} shows a session twice`, session);
    shownNow.add(session.name);
    judgeListed(checker, session, listed, found, service, current !== undefined && session === own);
  }
  for (const session of person.sessions) {
    const is = shownNow.has(session.name) ? "shown" : "not shown";
    session.note(
      from,
      to,
      `list by ${service.name}: ${is}, of ${answer.sessions.length} in ${answer.pages} pages`,
    );
    judgeMissing(checker, session, shownNow, found, service);
  }
  judgeCount(checker, person, found, service);
  return shownNow;
}

function known(
  checker: Checker,
  person: Person,
  listed: Listed,
  { from }: Found,
  service: Service,
): Session | undefined {
  const session = checker.sessions.get(listed.m ?? "");
  if (session === undefined) {
    const failed = person.phantoms.get(listed.m ?? "");
    if (failed === undefined) {
      checker.violation(
        "R5",
        `list by ${service.name} shows an unknown session ${JSON.stringify(listed)} at ${shown(from)}`,
      );
    }
    return undefined;
  }
  if (session.person === person) return session;
  checker.violation("R4", `list of ${person.subject} by ${service.name} shows another's session`, session);
  return undefined;
}

function judgeListed(
  checker: Checker,
  session: Session,
  { id, idle, deadline, current }: Listed,
  { from }: Found,
  service: Service,
  isCurrent: boolean,
): void {
  session.listed = Math.max(session.listed, from);
  judgeLife(checker, session);
  if (session.id !== "" && id !== session.id) {
    checker.violation(
      "R5",
      `list by ${service.name} shows ${session.name} as ${id}, not ${session.id}`,
      session,
    );
  }
  if (current !== isCurrent) {
    checker.violation("R5", `list by ${service.name} says current: ${current} of ${session.name}`, session);
  }
  if (!(idle >= 0 && idle <= session.expire)) {
    checker.violation(
      "R5",
      `list by ${service.name} says that ${session.name} idles out in ${idle} s`,
      session,
    );
  }
  if (session.deadline !== undefined && session.deadline !== deadline) {
    checker.violation("R4", `list by ${service.name} says that the deadline is ${deadline}`, session);
  }
}

function judgeMissing(
  checker: Checker,
  session: Session,
  shownNow: ReadonlySet<string>,
  { from, to, answer }: Found,
  service: Service,
): void {
  if (shownNow.has(session.name) || session.signedBy >= from) return;
  if (session.isUnlisted || session.mayHaveEnded(to)) return;
  const what = `list by ${service.name} misses a live session, in ${answer.pages} pages`;
  checker.violation("R5", what, session, { from: shown(from), to: shown(to), sessions: answer.sessions });
}

function judgeCount(
  checker: Checker,
  person: Person,
  { from, to, answer: { sessions, pages } }: Found,
  service: Service,
): void {
  const max = maxOf(checker, person) + person.tolerance(from, to);
  // Between two pages, sessions may end and others begin.
  if (sessions.length > max && pages === 1) {
    checker.violation(
      "R6",
      `list by ${service.name} shows ${sessions.length} sessions of at most ${max} of ${person.subject} at ${shown(to)}`,
    );
  }
}

/** The limit of a person's sessions. */
export function maxOf(checker: Checker, { group, isLimited }: Person): number {
  if (!isLimited) return NEVER;
  const [service] = checker.services(`limit ${group}`, ({ onLimit }) => onLimit === group);
  return service?.spec.maxSessions ?? NEVER;
}
