import { StoreUnavailableError } from "../errors.ts";
import { typeError } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";
import type { SessionNames } from "./session-names.ts";
import type { CallEvent, Operation, RwtCallEvent } from "./types.ts";

/** A service whose calls can be seen: of `createRwt`, of `createRwtWithSessions`, or of the same shape. */
export interface Observable {
  sign(...args: never[]): Promise<string>;
  verify(...args: never[]): Promise<{ readonly subject?: string | undefined } | null>;
  extend(...args: never[]): Promise<boolean>;
  destroy(...args: never[]): Promise<boolean>;
}

/** What came of a call. */
export interface Outcome {
  /** None where the call failed by the caller's own doing: a wrong option, an aborted signal. */
  readonly event: RwtCallEvent | undefined;
  /** Gives the call's result, or throws its error. */
  readonly settle: () => unknown;
  readonly error?: unknown;
}

/** Runs each call, and sees what came of it. */
export type Seeing = (operation: Operation, run: () => Promise<Outcome>) => Promise<Outcome>;

type Call = (...args: unknown[]) => Promise<unknown>;
type Happened = Partial<CallEvent> &
  (
    | { readonly type: "signed" | "verified" | "extended" | "rotated" }
    | { readonly type: "listed" | "destroyed" | "updated"; readonly count: number }
  );

/** What the result of a call tells; `undefined` where its token opened nothing. */
type Reading = (result: unknown, args: readonly unknown[]) => Happened | undefined;

const subjectIn = (value: unknown): string | undefined => {
  const { subject } = Object(value) as { readonly subject?: unknown };
  return typeof subject === "string" ? subject : undefined;
};

const sum =
  (type: "destroyed" | "updated"): Reading =>
  (result, [subject]) => ({
    type,
    count: Number(result),
    subject: subject as string,
  });

/** By method; those that aren't here are passed through. */
const READINGS: Readonly<Record<Operation, Reading>> = {
  sign: (_, [, options]) => ({ type: "signed", subject: subjectIn(options) }),
  verify: (session) => (session === null ? undefined : { type: "verified", subject: subjectIn(session) }),
  extend: (alive) => (alive ? { type: "extended" } : undefined),
  destroy: (ended) => (ended ? { type: "destroyed", count: 1 } : undefined),
  update: (done) => (done ? { type: "updated", count: 1 } : undefined),
  rotate: (token) => (token === null ? undefined : { type: "rotated" }),
  list: (page, [subject]) => ({
    type: "listed",
    count: (page as { readonly sessions: readonly unknown[] }).sessions.length,
    subject: subject as string,
  }),
  destroyAll: sum("destroyed"),
  destroyById: (ended, [subject, id]) => ({
    type: "destroyed",
    count: ended ? 1 : 0,
    subject: subject as string,
    // What named no session may be anything.
    session: ended ? (id as string) : undefined,
  }),
  updateAll: sum("updated"),
};

/** Those whose first argument isn't a token. */
const WITHOUT_TOKEN: readonly Operation[] = ["sign", "list", "destroyAll", "destroyById", "updateAll"];

/**
 * The same service, whose calls are seen.
 *
 * @throws OptionTypeError where it is none
 */
export function seen<Service extends Observable>(rwt: Service, names: SessionNames, see: Seeing): Service {
  if (!isObject(rwt) || typeof rwt.verify !== "function") throw typeError("rwt", "what createRwt gives", rwt);
  const seenCall = (operation: Operation, call: Call): Call => {
    return async (...args) => {
      const outcome = await see(operation, () => run(names, operation, call, args));
      return outcome.settle();
    };
  };
  const calls: Record<string, Call> = {};
  for (const operation of Object.keys(READINGS) as Operation[]) {
    const call = (rwt as Partial<Record<Operation, unknown>>)[operation];
    if (typeof call === "function") calls[operation] = seenCall(operation, call.bind(rwt));
  }
  return Object.freeze({ ...rwt, ...calls });
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
    const token = operation === "sign" || operation === "rotate" ? result : given;
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
