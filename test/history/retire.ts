import type { Checker } from "./checker.ts";
import { NEVER, now } from "./clock.ts";
import type { Person } from "./model/person.ts";
import { offenceOf } from "./model/register.ts";
import type { Session } from "./model/session.ts";

/** Ended sessions are kept for a while, so that their tokens are used again. */
const STAY_MS = 3_000;
const STAY_MORE_MS = 12_000;
/** How long a session is kept that may or may not have ended. */
const UNSURE_MS = 25_000;
const KEPT_ENDS = 100;
const KEPT_SESSIONS = 10_000;
/** Longer than any session can go without being read. */
const KEPT_WRITES_MS = 600_000;

/** Judges the data of a person's ended sessions, and forgets them. */
export function retire(checker: Checker, person: Person, all = false): void {
  const time = now();
  for (const session of [...person.sessions]) {
    if (!all && !isDue(checker, session, time)) continue;
    session.isRetired = true;
    person.drop(session);
    person.retiredEnds.push(session.endedBy);
    if (person.retiredEnds.length > 2 * KEPT_ENDS) person.retiredEnds.splice(0, KEPT_ENDS);
    checker.checked++;
    const offence = offenceOf(session.writes, session.sharedWrites());
    if (offence) checker.violation("R3", offence, session);
  }
  for (const [name, { to, from }] of person.sharedWrites) {
    if (to !== NEVER && from < time - KEPT_WRITES_MS) person.sharedWrites.delete(name);
  }
  if (checker.sessions.size <= 2 * KEPT_SESSIONS) return;
  for (const [name, { isRetired }] of checker.sessions) {
    if (isRetired) checker.sessions.delete(name);
    if (checker.sessions.size <= KEPT_SESSIONS) break;
  }
}

function isDue(checker: Checker, session: Session, time: number): boolean {
  if (session.signedBy === NEVER) return false;
  const end = Math.min(session.endedBy, session.mayEndFrom + UNSURE_MS);
  return time - end >= STAY_MS + checker.chance.fraction() * STAY_MORE_MS;
}
