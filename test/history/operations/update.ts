/** `update` and `updateAll`, each with data or a function. */
import type { Checker } from "../checker.ts";
import { LATE, NEVER, now } from "../clock.ts";
import type { Result, Service } from "../fleet.ts";
import { foundDead, judgeFailure, letIn } from "../judge.ts";
import { follows } from "../judge-data.ts";
import type { Generation } from "../model/generation.ts";
import { judgeLoad } from "../model/load.ts";
import { payload } from "../model/payload.ts";
import type { Person } from "../model/person.ts";
import { type SharedWrite, write } from "../model/register.ts";
import type { Session } from "../model/session.ts";
import type { Calls } from "../protocol.ts";
import { judgePerson } from "./end.ts";
import { beginShow } from "./reuse.ts";

export async function update(
  checker: Checker,
  session: Session,
  token: Generation,
  service: Service,
  how: "update" | "updateBy",
  isStranger = false,
): Promise<void> {
  const sent = now();
  const name = checker.unique("U");
  const written = write(sent);
  session.writes.set(name, written);
  token.usedFrom = Math.min(token.usedFrom, sent);
  const show = beginShow(checker, session, token, sent, service, false);
  const { subject } = session.person;
  const data = { u: session.name, w: name, p: payload(name), ...(subject !== undefined && { s: subject }) };
  const { result, after } = await ask(checker, service, how, { token: token.token, data }, sent);
  const { from, to, failure, answer } = result;
  show(result, answer === false);
  const said = failure?.reason ?? `${answer}${after === undefined ? "" : ` after ${after}`}`;
  session.note(from, to, `${how} #${token.number} ${name} by ${service.name}: ${said}`);
  if (failure) return judgeFailure(checker, service, how, result, isStranger);
  written.seen = Math.max(written.seen, from);
  if (!answer) {
    if (written.readBy !== NEVER)
      checker.violation("R3", `${how} ${name} returned false, but its data was read`, session);
    written.isRefused = true;
    return foundDead(checker, session, token, result, how, service);
  }
  if (isStranger && session.person.group === "encrypted") {
    checker.violation("R4", `${how} by ${service.name} replaced encrypted data with plain text`, session);
  }
  written.isAcknowledged = true;
  written.by = Math.min(written.by, to);
  token.usedBy = Math.min(token.usedBy, to);
  letIn(checker, session, token, from, how, service);
  if (after !== undefined) follows(checker, session, name, after);
}

async function ask(
  checker: Checker,
  service: Service,
  how: "update" | "updateBy",
  call: { token: string; data: { w: string; p: unknown } },
  sent: number,
): Promise<{ readonly result: Result<boolean>; readonly after?: string | undefined }> {
  if (how === "update") return { result: await checker.ask(service, "update", call, sent) };
  const { answer, ...rest } = await checker.ask(service, "updateBy", call, sent);
  return { result: { ...rest, ...(answer && { answer: answer.done }) }, after: answer?.after };
}

export async function updateAll(
  checker: Checker,
  person: Person,
  service: Service,
  isStranger = false,
  key?: string,
): Promise<void> {
  const { subject } = person;
  if (subject === undefined) return;
  const sent = now();
  const name = checker.unique("A");
  const shared: SharedWrite = { name, from: sent, to: NEVER, by: NEVER, isRefused: false };
  person.sharedWrites.set(name, shared);
  const call = { subject, data: { w: name, s: subject, p: payload(name) } };
  const how = key === undefined ? "updateAll" : "updateAllBy";
  const { result, loadedAt } = await askAll(checker, service, call, sent, key);
  const { from, to, failure, answer } = result;
  const said = failure?.reason ?? answer;
  for (const session of person.sessions) session.note(from, to, `${how} ${name} by ${service.name}: ${said}`);
  if (failure) {
    shared.to = to + LATE;
    person.lastFailure = to;
    return judgeFailure(checker, service, how, result, isStranger);
  }
  shared.to = to;
  if (answer && loadedAt !== undefined) judgeLoad(checker, person, name, loadedAt);
  if (answer) shared.by = Math.min(shared.by, to);
  else shared.isRefused = true;
  judgePerson(checker, person, "updateAll", service, result);
}

async function askAll(
  checker: Checker,
  service: Service,
  call: Calls["updateAll"],
  sent: number,
  key: string | undefined,
): Promise<{ readonly result: Result<boolean>; readonly loadedAt?: string | undefined }> {
  if (key === undefined) return { result: await checker.ask(service, "updateAll", call, sent) };
  const { answer, ...rest } = await checker.ask(service, "updateAllBy", { ...call, key }, sent);
  return { result: { ...rest, ...(answer && { answer: answer.done }) }, loadedAt: answer?.loadedAt };
}
