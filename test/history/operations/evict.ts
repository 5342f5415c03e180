/** Deletes keys from outside, as eviction does. */
import type { Checker } from "../checker.ts";
import { NEVER, now } from "../clock.ts";
import { ended } from "../judge.ts";
import type { Person } from "../model/person.ts";
import type { Session } from "../model/session.ts";

export const EVICTED = "person's key was evicted";

/** Deletes the key of a session, a person or an index. */
export async function evict(checker: Checker, session: Session): Promise<void> {
  const remove = checker.environment?.remove;
  const token = session.generations[0]?.token;
  if (remove === undefined || token === undefined) return;
  const keys = checker.keysOf(token);
  const { person, index } = keys;
  const kind = person && index ? checker.chance.pick(["session", "person", "index"] as const) : "session";
  checker.observe(`evicted ${kind}`);
  if (kind === "person" && person) await losePerson(checker, session.person, () => remove(person));
  else if (kind === "index" && index) await loseIndex(session.person, () => remove(index));
  else await loseSession(checker, session, () => remove(keys.session));
}

async function loseSession(checker: Checker, session: Session, remove: () => Promise<void>): Promise<void> {
  session.mayEnd(now(), "its key was evicted");
  await remove();
  ended(checker, session, now(), "its key was evicted");
}

async function losePerson(checker: Checker, person: Person, remove: () => Promise<void>): Promise<void> {
  const sent = now();
  const covered = person.sessions.filter(({ signedBy }) => signedBy < sent);
  for (const session of person.sessions) session.mayEnd(sent, EVICTED);
  person.keyedBy = NEVER;
  person.keyLostBy = NEVER;
  person.isBeingLost = true;
  await remove();
  const lost = now();
  person.isBeingLost = false;
  person.keyLostBy = lost;
  const maySignLate = person.pendingSigns > 0 || person.lateSignUntil > sent;
  person.keyedFrom = maySignLate ? Math.min(person.keyedFrom, sent) : NEVER;
  // A session that was signed in the meantime may still have the lost epoch.
  for (const session of person.sessions) {
    if (session.signedFrom < lost) session.mayEnd(Math.max(sent, session.signedFrom), EVICTED);
  }
  for (const session of covered) ended(checker, session, lost, EVICTED);
}

async function loseIndex(person: Person, remove: () => Promise<void>): Promise<void> {
  const sent = now();
  person.indexLostFrom = Math.min(person.indexLostFrom, sent);
  const lose = (session: Session): void => {
    session.isUnlisted = true;
    // The next sign-in under a limit starts a new epoch.
    if (person.isLimited) session.mayEnd(sent, "index was lost");
  };
  person.sessions.forEach(lose);
  await remove();
  const lost = now();
  for (const session of person.sessions) if (session.signedFrom < lost) lose(session);
}
