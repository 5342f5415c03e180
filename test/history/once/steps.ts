import type { Checker } from "../checker.ts";
import { LATE, NEVER, now, WALL } from "../clock.ts";
import type { Result, Service } from "../fleet.ts";
import { judgeFailure } from "../judge.ts";
import type { Person } from "../model/person.ts";
import { type Ender, type Guess, Holder, Item } from "./item.ts";
import { found, judgeGone, judgeTaken, refused } from "./judge.ts";
import type { OnceSeen } from "./protocol.ts";

const holders = new WeakMap<Person, Holder>();
/** How many items of a subject are asked for. Older ones are judged and forgotten. */
const KEPT = 8;

interface At {
  readonly checker: Checker;
  readonly holder: Holder;
}

/** Runs one step on a person's one-time tokens and codes. */
export async function onceStep(checker: Checker, person: Person): Promise<void> {
  const known = holders.get(person);
  const holder = known ?? new Holder(person.subject ?? "nobody");
  if (known === undefined) holders.set(person, holder);
  const at = { checker, holder };
  const { chance } = checker;
  retire(at, KEPT);
  const item = chance.is(0.6) ? holder.items.at(-1) : chance.pick(holder.items);
  if (item === undefined || chance.is(0.35)) return issue(at, chance.is(0.5) ? "token" : "code");
  if (chance.is(0.05)) return revoke(at);
  if (item.kind === "code") {
    if (chance.is(0.35)) return guess(at, item, false);
    return all(racers(checker), () => guess(at, item, chance.is(0.9)));
  }
  if (chance.is(0.3)) return peek(at, item);
  return all(racers(checker), () => consume(at, item));
}

/** Judges the items that are left at the end of a run. */
export function finishOnce(checker: Checker, person: Person): void {
  const holder = holders.get(person);
  if (holder !== undefined) retire({ checker, holder }, 0);
}

const racers = ({ chance }: Checker): number => (chance.is(0.4) ? 2 + chance.below(4) : 1);

const all = async (count: number, work: () => Promise<void>): Promise<void> =>
  void (await Promise.all(Array.from({ length: count }, work)));

function retire({ checker, holder }: At, keep: number): void {
  while (holder.items.length > keep) {
    const idle = holder.items.findIndex(({ underWay }) => underWay === 0);
    if (idle < 0) return;
    for (const item of holder.items.splice(idle, 1)) judgeTaken(checker, holder, item);
  }
  const oldest = Math.min(...holder.items.map(({ issuedFrom }) => issuedFrom), now() - LATE);
  for (const kind of ["token", "code"] as const)
    holder.enders[kind] = holder.enders[kind].filter(({ until }) => until > oldest);
  holder.guesses = holder.guesses.filter(({ until }) => until > oldest);
}

const serviceFor = ({ checker }: At): Service | undefined =>
  checker.chance.pick(checker.services("once", ({ client }) => client !== "bridge"));

/** Notes until when a call may take effect. */
function settle(ender: Ender, { to, failure }: Result<unknown>): void {
  ender.until = failure === undefined ? to : to + LATE;
}

/** Notes a call that has begun, and may end what the list is about. */
function begin(enders: Ender[], from: number): Ender {
  const ender: Ender = { from, until: NEVER };
  enders.push(ender);
  return ender;
}

/** Notes that the items of one kind that a call found issued are gone. */
function endAll(
  { checker, holder }: At,
  kind: Item["kind"],
  { from, to }: Result<unknown>,
  why: string,
): void {
  for (const item of holder.items) {
    if (item.kind !== kind || item.issuing === undefined || item.issuedBy > from) continue;
    item.gone(to, why);
    judgeGone(checker, item, why);
  }
}

async function issue(at: At, kind: Item["kind"]): Promise<void> {
  const { checker, holder } = at;
  const service = serviceFor(at);
  if (service === undefined) return;
  const { subject } = holder;
  const name = checker.unique("o");
  const isReplaceable = kind === "code" || checker.chance.is(0.5);
  const attempts = kind === "code" ? 1 + checker.chance.below(4) : 0;
  const sent = now();
  const ending = isReplaceable ? begin(holder.enders[kind], sent) : undefined;
  const result = await (kind === "token"
    ? checker.ask(service, "onceIssue", { subject, replaces: isReplaceable, name }, sent)
    : checker.ask(service, "onceCode", { subject, attempts, name }, sent));
  if (ending !== undefined) settle(ending, result);
  const { from, to, failure, answer } = result;
  if (failure || answer === undefined) return judgeFailure(checker, service, nameOf(kind), result);
  if (isReplaceable) endAll(at, kind, result, `replaced by ${service.name}`);
  const expires = expiryOf(kind, answer, from, to, service);
  const issued = { issuing: ending, issuedFrom: sent, issuedBy: to, expires };
  holder.items.push(new Item({ kind, name, text: answer, attempts, ...issued }));
}

const nameOf = (kind: Item["kind"]): "onceIssue" | "onceCode" =>
  kind === "token" ? "onceIssue" : "onceCode";

/** A token says when it expires; a code's key was set to expire at some time during the call. */
function expiryOf(
  kind: Item["kind"],
  text: string,
  from: number,
  to: number,
  { spec }: Service,
): Item["expires"] {
  const life = spec.expire * 1000;
  if (kind === "code") return { from: from + life - 20, to: to + life };
  const deadline = Buffer.from(text.slice("rwto_".length), "base64url").readUIntBE(2, 5) * 1000 - WALL;
  return { from: deadline - 20, to: deadline };
}

async function peek(at: At, item: Item): Promise<void> {
  const { checker, holder } = at;
  const service = serviceFor(at);
  if (service === undefined) return;
  item.underWay++;
  const result = await checker.ask(service, "oncePeek", { token: item.text }, now());
  item.underWay--;
  const { failure, answer } = result;
  const by = `peek by ${service.name}`;
  if (failure) return judgeFailure(checker, service, "oncePeek", result);
  if (answer) found(checker, holder, item, answer, result, by);
  else refused(checker, holder, item, result, service, by);
}

async function consume(at: At, item: Item): Promise<void> {
  const { checker } = at;
  const service = serviceFor(at);
  if (service === undefined) return;
  const sent = now();
  item.underWay++;
  const own = begin(item.enders, sent);
  const result = await checker.ask(service, "onceConsume", { token: item.text }, sent);
  item.underWay--;
  settle(own, result);
  judgeConsumer(at, item, service, "onceConsume", result, own);
}

/** Guesses a code, with the right one or a wrong one. */
async function guess(at: At, item: Item, isRight: boolean): Promise<void> {
  const { checker, holder } = at;
  const service = serviceFor(at);
  if (service === undefined) return;
  const { subject } = holder;
  const wrong = `${(Number(item.text[0]) + 1) % 10}${item.text.slice(1)}`;
  const code = isRight ? item.text : wrong;
  const sent = now();
  item.underWay++;
  const own: Guess = { code, from: sent, until: NEVER };
  holder.guesses.push(own);
  if (isRight) item.enders.push(own);
  const result = await checker.ask(service, "onceGuess", { subject, code }, sent);
  item.underWay--;
  settle(own, result);
  // A client of the caller's may have sent it twice.
  if (checker.config.ownClients && checker.mayHaveFailed(result, service)) holder.guesses.push({ ...own });
  if (result.failure === undefined && !result.answer) countWrong(holder, own, result);
  if (isRight) return judgeConsumer(at, item, service, "onceGuess", result, own);
  judgeFailure(checker, service, "onceGuess", result);
  const { answer } = result;
  if (answer) checker.violation("O4", `a wrong code by ${service.name} got ${answer.name}`);
}

/** Notes which codes have certainly counted a guess that was refused. */
function countWrong(holder: Holder, guess: Guess, { from, to }: Result<unknown>): void {
  for (const item of holder.items) {
    if (item.kind !== "code" || item.text === guess.code || item.issuedBy > from) continue;
    if (!holder.mayHaveEnded(item, to, guess)) item.wrongBy.push(to);
  }
}

function judgeConsumer(
  { checker, holder }: At,
  item: Item,
  service: Service,
  operation: "onceConsume" | "onceGuess",
  result: Result<OnceSeen | null>,
  own: Ender,
): void {
  const { failure, answer } = result;
  const by = `${operation} by ${service.name}`;
  if (failure) {
    item.lost++;
    judgeFailure(checker, service, operation, result);
  } else if (answer) taken(checker, holder, item, answer, result, by);
  else {
    item.refused++;
    refused(checker, holder, item, result, service, by, own);
  }
}

function taken(
  checker: Checker,
  holder: Holder,
  item: Item,
  answer: OnceSeen,
  result: Result<unknown>,
  by: string,
): void {
  item.taken++;
  if (item.taken > 1) checker.violation("O1", `${by} got ${item.name}, which another consumer had got`);
  found(checker, holder, item, answer, result, by);
  item.gone(result.to, by);
  judgeGone(checker, item, by);
}

async function revoke(at: At): Promise<void> {
  const { checker, holder } = at;
  const service = serviceFor(at);
  if (service === undefined) return;
  const sent = now();
  const both = [begin(holder.enders.token, sent), begin(holder.enders.code, sent)];
  const result = await checker.ask(service, "onceRevoke", { subject: holder.subject }, sent);
  for (const ender of both) settle(ender, result);
  if (result.failure) return judgeFailure(checker, service, "onceRevoke", result);
  for (const kind of ["token", "code"] as const) endAll(at, kind, result, `revoked by ${service.name}`);
}
