import type {
  Answer,
  Calls,
  Failure,
  FormatCalls,
  Operation,
  Question,
  ServiceOptions,
  SignOptions,
} from "./protocol.ts";

/** Sends a question to a client. An error in the answer is thrown: its code, reason and message. */
export type Ask = (question: Question) => Promise<unknown>;

export const throwing =
  (send: (question: Question) => Promise<unknown>): Ask =>
  async (question) => {
    const answer = (await send(question)) as Partial<Answer> | null;
    const wrong = (what: string) =>
      new Error(`the answer to {"op":${JSON.stringify(question.op)}} ${what}, not ${JSON.stringify(answer)}`);
    if (answer === null || typeof answer !== "object") throw wrong("must be an object");
    // Some languages write each member, with null for the one that isn't there.
    if ("error" in answer && answer.error !== null) {
      const { code, reason = null, message } = (answer.error ?? {}) as Partial<Failure>;
      if (typeof code !== "string" || typeof message !== "string")
        throw wrong('must have {"error": {"code": text, "reason": text or null, "message": text}}');
      throw Object.assign(new Error(`${code} ${reason} ${message}`), { code, reason });
    }
    if ("result" in answer) return answer.result;
    throw wrong('must be {"result": …} or {"error": …}');
  };

export interface FoundSession {
  readonly data: unknown;
  readonly subject: string | null;
  readonly meta: object | null;
  readonly issuedAt: number;
  readonly deadline: number;
  readonly expire: number;
  /** From clients that have `reauthenticate`. */
  readonly auth?: object | null;
  readonly act?: object | null;
}

export interface ListedSessions {
  readonly sessions: readonly {
    readonly id: string;
    readonly issuedAt: number;
    readonly deadline: number;
    readonly idle: number;
    readonly current: boolean;
    readonly meta?: Readonly<Record<string, unknown>> | null;
    readonly auth?: object | null;
    readonly act?: object | null;
  }[];
  readonly cursor?: string | null;
}

type Rest<Op extends Operation, First extends string> = Omit<Calls[Op], First>;

/** A service of a client. Its calls are those of TypeScript. */
export interface Service {
  sign(data: unknown, options?: SignOptions): Promise<string>;
  verify(token: string): Promise<FoundSession | null>;
  extend(token: string, options?: Rest<"extend", "token">): Promise<boolean>;
  destroy(token: string): Promise<boolean>;
  update(token: string, data: unknown): Promise<boolean>;
  increment(token: string): Promise<boolean>;
  rotate(token: string, options?: Rest<"rotate", "token">): Promise<string | null>;
  list(subject: string, options?: Rest<"list", "subject">): Promise<ListedSessions>;
  destroyById(subject: string, id: string): Promise<boolean>;
  destroyAll(subject: string, options?: Rest<"destroyAll", "subject">): Promise<boolean>;
  updateAll(subject: string, data: unknown): Promise<boolean>;
  idOf(token: string): Promise<string | null>;
  reauthenticate(token: string, auth: object): Promise<string | null>;
  issue(purpose: string, data: unknown, options?: { readonly subject?: string }): Promise<string>;
  consume(purpose: string, token: string): Promise<{ readonly data: unknown } | null>;
}

/** @param ask - asks the client's bridge */
export function serviceOver(ask: Ask, service: ServiceOptions): Service {
  const call = <Result>(op: Operation, rest: object) => ask({ op, service, ...rest }) as Promise<Result>;
  return {
    sign: (data, options) => call("sign", { data, ...options }),
    async verify(token) {
      const session = await call<Partial<FoundSession> | null>("verify", { token });
      // Where a language leaves out what isn't there, that is as good as null.
      return session && ({ subject: null, meta: null, ...session } as FoundSession);
    },
    extend: (token, options) => call("extend", { token, ...options }),
    destroy: (token) => call("destroy", { token }),
    update: (token, data) => call("update", { token, data }),
    increment: (token) => call("increment", { token }),
    rotate: (token, options) => call("rotate", { token, ...options }),
    list: (subject, options) => call("list", { subject, ...options }),
    destroyById: (subject, id) => call("destroyById", { subject, id }),
    destroyAll: (subject, options) => call("destroyAll", { subject, ...options }),
    updateAll: (subject, data) => call("updateAll", { subject, data }),
    idOf: (token) => call("idOf", { token }),
    reauthenticate: (token, auth) => call("reauthenticate", { token, auth }),
    issue: (purpose, data, options) => call("issue", { purpose, data, ...options }),
    consume: (purpose, token) => call("consume", { purpose, token }),
  };
}

/** An operation on the format alone. */
export type AskFormat = <Op extends keyof FormatCalls>(op: Op, call: FormatCalls[Op]) => Promise<unknown>;
