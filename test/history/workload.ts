import { setTimeout as sleep } from "node:timers/promises";
import type { Checker } from "./checker.ts";
import { NEVER } from "./clock.ts";
import type { Choice } from "./configuration.ts";
import type { Generation } from "./model/generation.ts";
import type { Person } from "./model/person.ts";
import type { Session } from "./model/session.ts";
import { onceStep } from "./once/steps.ts";
import { extend, verify, verifyMany } from "./operations/check.ts";
import { askStranger, destroy, destroyAll, destroyById } from "./operations/end.ts";
import { evict } from "./operations/evict.ts";
import { list } from "./operations/list.ts";
import { rotate } from "./operations/rotate.ts";
import { sign } from "./operations/sign.ts";
import { update, updateAll } from "./operations/update.ts";
import { servicesFor, strangersTo } from "./permissions.ts";
import type { Operation } from "./protocol.ts";
import { retire } from "./retire.ts";

/** How many live sessions each person should have. */
const TARGET = 6;
const TARGET_OF_NOBODY = 10;
/** No session is added beyond this multiple of the target, counting ended sessions. */
const MOST = 5;
const GRACES = [0, 0, 0, 1, 2] as const;

type Step = (at: At) => Promise<unknown> | undefined;

/** Relative weights; they add up to about 100. */
const WEIGHTS: Readonly<Record<Choice, number>> = {
  verify: 56,
  verifyMany: 1.2,
  extend: 6,
  list: 4,
  sign: 6,
  destroy: 4.5,
  destroyById: 2,
  destroyAll: 0.8,
  update: 4,
  updateBy: 4,
  updateAll: 1.5,
  updateAllBy: 1.5,
  rotate: 4,
  run: 0.2,
  replay: 3,
  evict: 0,
  stranger: 0.5,
  once: 8,
};

/** The target of a step. */
interface At {
  readonly checker: Checker;
  readonly person: Person;
  readonly session: Session;
  readonly token: Generation;
  readonly known: readonly Session[];
}

const pickService = ({ checker, person }: Pick<At, "checker" | "person">, operation: Operation) =>
  checker.chance.pick(servicesFor(checker, person, operation));

const STEPS: Readonly<Record<Choice, Step>> = {
  verify(at) {
    const { checker, session, token } = at;
    const stranger =
      checker.chance.is(0.05) && checker.chance.pick(strangersTo(checker, at.person, "verify"));
    if (stranger) return verify(checker, session, token, stranger, true);
    const service = pickService(at, "verify");
    return service && verify(checker, session, token, service);
  },
  verifyMany(at) {
    const { checker, person } = at;
    const service = pickService(at, "verifyMany");
    const others = checker.persons.filter(({ group, isPaused }) => group === person.group && !isPaused);
    const other = checker.chance.pick(others.filter((one) => one !== person));
    return service && verifyMany(checker, other ? [person, other] : [person], service);
  },
  extend(at) {
    const service = pickService(at, "extend");
    return service && extend(at.checker, at.session, at.token, service);
  },
  list(at) {
    const { checker, person, known } = at;
    const service = pickService(at, "list");
    const limit = checker.chance.is(0.7)
      ? 1_000
      : Math.max(1 + checker.chance.below(4), Math.ceil(known.length / 40));
    return service && list(checker, person, service, limit);
  },
  sign: ({ checker, person, known }) =>
    known.length < targetOf(checker, person) * MOST ? sign(checker, person) : undefined,
  destroy(at) {
    const service = pickService(at, "destroy");
    return service && destroy(at.checker, at.session, at.token, service);
  },
  destroyById(at) {
    const service = pickService(at, "destroyById");
    return service && destroyById(at.checker, at.session, service);
  },
  destroyAll(at) {
    const { checker, person, session, token } = at;
    const service = pickService(at, "destroyAll");
    const isSure = session.latest !== undefined && !session.generations.some(({ hasFailed }) => hasFailed);
    const spared = checker.chance.is(0.5) && isSure ? { session, token } : undefined;
    return service && destroyAll(checker, person, service, spared);
  },
  update: (at) => updateBy(at, "update"),
  updateBy: (at) => updateBy(at, "updateBy"),
  updateAll(at) {
    const { checker, person } = at;
    const stranger = checker.chance.is(0.1) && checker.chance.pick(strangersTo(checker, person, "updateAll"));
    if (stranger) return updateAll(checker, person, stranger, true);
    const service = pickService(at, "updateAll");
    return service && updateAll(checker, person, service);
  },
  updateAllBy(at) {
    const service = pickService(at, "updateAllBy");
    return service && updateAll(at.checker, at.person, service, false, keyOfPerson(at));
  },
  rotate(at) {
    const { checker } = at;
    // Several rotations at once, as from several browser tabs.
    const count = checker.chance.is(0.25) ? 2 + checker.chance.below(3) : 1;
    const grace = checker.chance.pick(GRACES) ?? 0;
    return Promise.all(
      Array.from({ length: count }, () => rotateOnce(at, checker.chance.is(0.8) ? grace : 0)),
    );
  },
  // Enough rotations in a row that the first token is more than eight generations behind.
  async run(at) {
    const { checker, session } = at;
    for (let i = 0; i < 11; i++) {
      const token = session.latest;
      if (token === undefined || !(await rotateOnce({ ...at, token }, 0))) return;
    }
    const first = checker.chance.pick(session.generations.slice(0, 3));
    if (first && checker.chance.is(0.5)) await STEPS.verify({ ...at, token: first });
  },
  replay(at) {
    const { checker } = at;
    const session = checker.chance.pick(
      at.known.filter(({ endedBy, generations }) => endedBy !== NEVER || generations.length > 1),
    );
    const token = session && checker.chance.pick(session.generations);
    const step = checker.chance.pick(["verify", "extend", "update", "rotate"] as const);
    return token && step && STEPS[step]({ ...at, session, token });
  },
  evict: ({ checker, session }) => evict(checker, session),
  once: ({ checker, person }) => onceStep(checker, person),
  stranger(at) {
    const service = pickService(at, "destroyAll");
    return service && askStranger(at.checker, service);
  },
};

const keyOfPerson = ({ checker, token }: At): string | undefined => checker.keysOf(token.token).person;

function updateBy(at: At, how: "update" | "updateBy"): Promise<unknown> | undefined {
  const { checker, session, token, person } = at;
  const stranger = checker.chance.is(0.1) && checker.chance.pick(strangersTo(checker, person, how));
  const service = stranger || pickService(at, how);
  return service && update(checker, session, token, service, how, Boolean(stranger));
}

function rotateOnce(at: At, grace: number): Promise<Generation | null | undefined> | undefined {
  const service = pickService(at, "rotate");
  const isStrict = at.checker.chance.is(0.1);
  return service && rotate(at.checker, at.session, at.token, service, { grace, isStrict });
}

const targetOf = ({ config }: Checker, { group }: Person): number =>
  group === "nobody" ? TARGET_OF_NOBODY : (config.target ?? TARGET);

/** Runs one step on a random person. */
export async function step(checker: Checker): Promise<void> {
  const { chance } = checker;
  const person = chance.pick(checker.persons);
  if (person === undefined) return;
  if (person.isPaused) return void (await sleep(2));
  person.underWay++;
  try {
    if (chance.is(0.02)) retire(checker, person);
    const known = person.sessions.filter(({ signedBy }) => signedBy !== NEVER);
    const live = known.filter(({ mayEndFrom }) => mayEndFrom === NEVER);
    const target = targetOf(checker, person);
    const isFull = person.sessions.length >= target * MOST;
    if (known.length === 0 || (live.length < target && !isFull && chance.is(0.5)))
      return void (await sign(checker, person));
    const session = chance.pick(live.length > 0 && chance.is(0.85) ? live : known);
    const token = session && (chance.is(0.85) ? session.latest : chance.pick(session.generations));
    if (session === undefined || token === undefined) return;
    const at = { checker, person, session, token, known };
    // Retry a rotation whose reply was lost, as a client would.
    const lost = session.latest;
    if (lost?.hasFailed && lost.underWay === 0 && chance.is(0.7))
      return void (await rotateOnce({ ...at, token: lost }, 0));
    await STEPS[choose(checker, person)](at);
  } finally {
    person.underWay--;
  }
}

function choose({ chance, config }: Checker, { subject }: Person): Choice {
  const weights = Object.entries({ ...WEIGHTS, ...config.weights }) as [Choice, number][];
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let left = chance.fraction() * total;
  for (const [choice, weight] of weights) {
    left -= weight;
    if (left < 0) return subject === undefined && /list|All|ById|stranger/.test(choice) ? "verify" : choice;
  }
  return "verify";
}
