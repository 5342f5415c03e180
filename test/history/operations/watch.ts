/** `watch`, for a few seconds, while others end and change the session. */
import type { Checker } from "../checker.ts";
import { NEVER, now } from "../clock.ts";
import type { Result, Service } from "../fleet.ts";
import { ended, foundDead, judgeFailure } from "../judge.ts";
import type { Generation } from "../model/generation.ts";
import type { Session } from "../model/session.ts";
import { servicesFor } from "../permissions.ts";
import type { Answers } from "../protocol.ts";
import { beginShow } from "./reuse.ts";

/** How long a watch lasts, milliseconds. */
const LASTS = 3_000;
/** By when an end must be told, milliseconds: services that look for it do so every second. */
const SOON = 2_000;

/** Watches a random session of a random person. */
export async function watchAny(checker: Checker): Promise<void> {
  const { chance } = checker;
  const person = chance.pick(checker.persons.filter(({ isPaused }) => !isPaused));
  const session = person && chance.pick(person.sessions.filter(({ endedBy }) => endedBy === NEVER));
  // Its first look marks nothing as used.
  const token = session?.latest;
  if (session === undefined || token === undefined || (token.number > 0 && token.usedBy === NEVER)) return;
  const service = chance.pick(servicesFor(checker, session.person, "watch"));
  if (service !== undefined) await watch(checker, session, token, service);
}

async function watch(checker: Checker, session: Session, token: Generation, service: Service): Promise<void> {
  const sent = now();
  const show = beginShow(checker, session, token, sent, service, false);
  const result = await checker.ask(service, "watch", { token: token.token, for: LASTS }, sent);
  const { from, to, failure, answer } = result;
  const isRefused = answer?.reason === "not_live" || answer?.reason === "reuse";
  show(result, isRefused);
  session.note(from, to, `watch #${token.number} by ${service.name}: ${failure?.reason ?? answer?.reason}`);
  if (failure) return judgeFailure(checker, service, "watch", result);
  if (isRefused) return foundDead(checker, session, token, result, "watch", service);
  judge(checker, session, service, result);
}

function judge(
  checker: Checker,
  session: Session,
  service: Service,
  { from, to, answer }: Result<Answers["watch"]>,
): void {
  const by = `watch by ${service.name}`;
  if (answer === undefined) return;
  const { ends, reason } = answer;
  if (ends !== (reason === null ? 0 : 1)) checker.violation("R16", `${by} told ${ends} ends`, session);
  if (reason !== null) {
    if (!session.mayHaveEnded(to))
      checker.violation("R16", `${by} told the end ${reason} of a live session`, session);
    if (!service.spec.clockOffset) ended(checker, session, to, `${by} told ${reason}`);
    checker.observe("ends told");
    return;
  }
  if (session.endedBy > to - SOON) return;
  if (checker.mayHaveFailed({ from, to }, service) || checker.wasStalled({ from, to }, service)) return;
  const late = (to - session.endedBy).toFixed(0);
  checker.violation("R16", `${by} didn't tell an end (${session.endedWhy}) for ${late} ms`, session);
}
