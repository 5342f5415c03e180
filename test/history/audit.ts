import { setTimeout as sleep } from "node:timers/promises";
import type { Checker } from "./checker.ts";
import { LATE, now } from "./clock.ts";
import type { Service } from "./fleet.ts";
import type { Person } from "./model/person.ts";
import type { Session } from "./model/session.ts";
import { verify } from "./operations/check.ts";
import { list, maxOf } from "./operations/list.ts";
import { servicesFor } from "./permissions.ts";

const PATIENCE_MS = 4_000;

/** Pauses everything else about a person, and checks that `verify` and `list` agree on each session. */
export async function audit(checker: Checker, person: Person): Promise<void> {
  if (person.isPaused || person.subject === undefined) return;
  person.isPaused = true;
  try {
    const patience = now() + PATIENCE_MS;
    while (person.underWay > 0) {
      if (now() > patience) return;
      await sleep(5);
    }
    if (now() - person.lastFailure < LATE) return checker.observe("audits postponed");
    const verifier = checker.chance.pick(exact(servicesFor(checker, person, "verify")));
    const lister = checker.chance.pick(exact(servicesFor(checker, person, "list")));
    if (verifier && lister) await compare(checker, person, verifier, lister);
  } finally {
    person.isPaused = false;
  }
}

/** Services that neither cache nor slide, so that an audit reads the current state and changes nothing. */
const exact = (services: readonly Service[]): readonly Service[] =>
  services.filter(({ spec }) => !spec.cache && !spec.slides && !spec.clockOffset);

async function compare(checker: Checker, person: Person, verifier: Service, lister: Service): Promise<void> {
  const sessions = person.sessions.filter((session) => !isUnsure(session));
  const limit = checker.chance.is(0.5) ? 1_000 : 2;
  const before = await list(checker, person, lister, limit);
  const live: Session[] = [];
  const answers = await Promise.all(
    sessions.map(async (session) => {
      const [latest, ...older] = [...session.generations].reverse();
      if (latest === undefined) return false;
      const isLive = await verify(checker, session, latest, verifier);
      if (isLive) live.push(session);
      for (const token of older.slice(0, 2)) await verify(checker, session, token, verifier);
      return isLive;
    }),
  );
  const after = await list(checker, person, lister, 1_000);
  if (!before || !after || answers.includes(undefined)) return;
  if (before.size !== after.size || [...before].some((name) => !after.has(name))) {
    return checker.observe("audits unsettled");
  }
  checker.observe("audits");
  for (const session of sessions) {
    const isLive = live.includes(session);
    if (isLive === after.has(session.name) || (isLive && session.isUnlisted)) continue;
    checker.violation("R5", `verify says ${isLive}, list says ${after.has(session.name)}`, session);
  }
  judgeLimit(checker, person, sessions, live);
}

/** Whether the current generation may be a token that was lost with its reply. */
const isUnsure = (session: Session): boolean =>
  session.latest === undefined ||
  session.latest.hasFailed ||
  session.latest.strictFrom < Number.POSITIVE_INFINITY;

function judgeLimit(
  checker: Checker,
  person: Person,
  sessions: readonly Session[],
  live: readonly Session[],
): void {
  const max = maxOf(checker, person) + person.tolerance(now(), now());
  if (live.length > max) checker.violation("R6", `${live.length} sessions live of at most ${max}`, live[0]);
  if (person.group !== "endOldest" || checker.config.isSkewed) return;
  for (const session of sessions) {
    if (live.includes(session) || session.mayEndOtherwise) continue;
    const older = live.find(
      (other) =>
        (other.deadline ?? Number.POSITIVE_INFINITY) < (session.deadline ?? 0) &&
        other.signedBy < session.signedFrom,
    );
    if (older)
      checker.violation(
        "R6",
        `${session.name} was ended to make room, though ${older.name} is older`,
        session,
      );
  }
}
