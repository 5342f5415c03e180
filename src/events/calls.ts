import { StoreUnavailableError } from "../errors.ts";
import type { Methods } from "../service.ts";
import type { SessionNames } from "./session-names.ts";
import type { CallEvent, Operation, RwtCallEvent } from "./types.ts";

/** The outcome of a call. */
export interface Outcome {
  /** `undefined` if the caller made the call fail, by a wrong option or an aborted signal. */
  readonly event: RwtCallEvent | undefined;
  /** Returns the call's result, or throws its error. */
  readonly settle: () => unknown;
  readonly error?: unknown;
}

/** Runs a call, and uses its outcome. */
export type Observe = (operation: Operation, run: () => Promise<Outcome>) => Promise<Outcome>;

type Call = (...args: unknown[]) => Promise<unknown>;
type Happened = Partial<CallEvent> &
  (
    | { readonly type: "signed" | "verified" | "extended" | "rotated" | "reauthenticated" }
    | { readonly type: "listed"; readonly count: number }
    | { readonly type: "destroyed" | "updated"; readonly scope: "session" | "person"; readonly done: boolean }
  );

/** Derives an event from a call's result; `undefined` if its token opened no session. */
type Reading = (result: unknown, args: readonly unknown[]) => Happened | undefined;

const subjectIn = (value: unknown): string | undefined => {
  const { subject } = Object(value) as { readonly subject?: unknown };
  return typeof subject === "string" ? subject : undefined;
};

const actorIn = (value: unknown): string | undefined => {
  const { act } = Object(value) as { readonly act?: unknown };
  const { sub } = Object(act) as { readonly sub?: unknown };
  return typeof sub === "string" ? sub : undefined;
};

const ofPerson =
  (type: "destroyed" | "updated"): Reading =>
  (done, [subject]) => ({ type, scope: "person", done: done === true, subject: subject as string });

/** The methods that make events. Others are passed through. */
const READINGS: Readonly<Record<Operation, Reading>> = {
  sign: (_, [, options]) => ({ type: "signed", subject: subjectIn(options), act: actorIn(options) }),
  verify: (session) =>
    session === null ? undefined : { type: "verified", subject: subjectIn(session), act: actorIn(session) },
  extend: (alive) => (alive ? { type: "extended" } : undefined),
  destroy: (ended) => (ended ? { type: "destroyed", scope: "session", done: true } : undefined),
  update: (done) => (done ? { type: "updated", scope: "session", done: true } : undefined),
  rotate: (token) => (token === null ? undefined : { type: "rotated" }),
  reauthenticate: (token) => (token === null ? undefined : { type: "reauthenticated" }),
  list: (page, [subject]) => ({
    type: "listed",
    count: (page as { readonly sessions: readonly unknown[] }).sessions.length,
    subject: subject as string,
  }),
  destroyAll: ofPerson("destroyed"),
  destroyById: (ended, [subject, id]) => ({
    type: "destroyed",
    scope: "session",
    done: ended === true,
    subject: subject as string,
    // An id that matched no session may be any text, even a secret.
    session: ended ? (id as string) : undefined,
  }),
  updateAll: ofPerson("updated"),
};

/** Operations whose first argument isn't a token. */
const WITHOUT_TOKEN: readonly Operation[] = ["sign", "list", "destroyAll", "destroyById", "updateAll"];

/** Operations that return a token. */
const isRenewing = (operation: Operation): boolean =>
  operation === "sign" || operation === "rotate" || operation === "reauthenticate";

/** Wraps a service's methods, so that each call runs through `observe`. */
export function observedMethods(methods: Methods, names: SessionNames, observe: Observe): object {
  const observed: Record<string, Call> = {};
  for (const operation of Object.keys(READINGS) as Operation[]) {
    const call = methods[operation];
    if (typeof call !== "function") continue;
    observed[operation] = async (...args) =>
      (await observe(operation, () => run(names, operation, call as Call, args))).settle();
  }
  return observed;
}

async function run(
  names: SessionNames,
  operation: Operation,
  call: Call,
  args: readonly unknown[],
): Promise<Outcome> {
  const start = performance.now();
  const told = (): CallEvent => ({
    operation,
    session: undefined,
    subject: undefined,
    act: undefined,
    ms: performance.now() - start,
  });
  const given = WITHOUT_TOKEN.includes(operation) ? undefined : args[0];
  try {
    const result = await call(...args);
    const settle = (): unknown => result;
    const happened = READINGS[operation](result, args);
    const took = told();
    if (happened === undefined) {
      return { event: { ...took, type: "rejected", ...(await names.rejectionOf(given)) }, settle };
    }
    const token = isRenewing(operation) ? result : given;
    return { event: { ...took, session: await names.nameOf(token), ...happened }, settle };
  } catch (error) {
    const settle = (): never => {
      throw error;
    };
    if (!(error instanceof StoreUnavailableError)) return { event: undefined, settle, error };
    const took = told();
    const session = await names.nameOf(given);
    return { event: { ...took, type: "store_error", reason: error.reason, session }, settle, error };
  }
}
