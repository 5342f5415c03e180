import type { Checker } from "./checker.ts";
import type { Result, Service } from "./fleet.ts";
import { staleness } from "./judge.ts";
import { payload } from "./model/payload.ts";
import { write } from "./model/register.ts";
import type { Session } from "./model/session.ts";
import type { Seen } from "./protocol.ts";

const textOf = ({ config }: Checker, value: unknown): string => {
  const text = JSON.stringify(value);
  return config.isInPhp ? text.replaceAll("{}", "[]") : text;
};

/** Judges the data that a verify returned, and records it. */
export function readData(
  checker: Checker,
  session: Session,
  seen: Seen,
  { from, to }: Result<unknown>,
  service: Service,
): void {
  const { data, subject, m, deadline } = seen;
  const { person } = session;
  const isOwn =
    m === session.name &&
    subject === person.subject &&
    (session.deadline ?? deadline) === deadline &&
    (data.u === undefined ? data.s === person.subject && data.w.startsWith("A") : data.u === session.name) &&
    textOf(checker, data.p) === textOf(checker, payload(data.w));
  if (!isOwn) {
    checker.violation(
      "R4",
      `a token of ${session.name} returned ${JSON.stringify(seen).slice(0, 400)}`,
      session,
    );
    return;
  }
  session.deadline = deadline;
  session.lastRead = Math.max(session.lastRead, from);
  const shared = person.sharedWrites.get(data.w);
  let written = session.writes.get(data.w);
  if (written === undefined && shared && session.signedFrom < shared.to) {
    written = write(shared.from);
    session.writes.set(data.w, written);
  }
  if (written === undefined || written.isRefused || shared?.isRefused) {
    checker.violation(
      "R3",
      `a verify returned the data ${data.w}, which was never written to the session`,
      session,
    );
    return;
  }
  written.by = Math.min(written.by, to);
  written.readBy = Math.min(written.readBy, to);
  written.seen = Math.max(written.seen, from - staleness(checker, service));
  if (shared && !checker.config.hasSeveralSecrets) shared.by = Math.min(shared.by, to);
  if (data.after !== undefined) follows(checker, session, data.w, data.after);
}

/** Records that an update by a function replaced the data of a write. If two updates replaced the same data, one of them is lost. */
export function follows(checker: Checker, session: Session, name: string, after: string): void {
  const other = session.followers.get(after);
  session.followers.set(after, name);
  if (name === after) checker.violation("R3", `${name} was applied twice`, session);
  else if (other !== undefined && other !== name) {
    checker.violation("R3", `${other} and ${name} both replaced ${after}: one of them is lost`, session);
  }
}
