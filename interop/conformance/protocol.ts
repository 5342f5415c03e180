/** The messages between the runner and a bridge: one line of JSON each. README.md describes them. */

/** The options of a service, by TypeScript's names. What is absent has the client's default. */
export interface ServiceOptions {
  /** A URL: `redis://127.0.0.1:6380`. A bridge over HTTP gets `rest` too. */
  readonly redis: string;
  readonly rest?: { readonly url: string; readonly token: string };
  /** Newest first. */
  readonly secret: string | readonly string[];
  readonly prefix?: string;
  /** Milliseconds that Redis has to answer. */
  readonly timeout?: number;
  readonly expire?: number;
  readonly maxLifetime?: number;
  readonly verifyExtendsToken?: boolean;
  readonly encrypt?: boolean;
  readonly acceptPlain?: boolean;
  readonly maxSessions?: number;
  readonly onLimit?: "endOldest" | "reject";
}

export interface SignOptions {
  readonly subject?: string;
  readonly meta?: object;
  readonly expire?: number;
  readonly maxLifetime?: number;
  /** From clients that have `reauthenticate`. */
  readonly auth?: object;
  readonly act?: object;
}

/** What a question about one service holds, by its operation. */
export interface Calls {
  sign: { readonly data: unknown } & SignOptions;
  verify: { readonly token: string };
  extend: { readonly token: string; readonly expire?: number };
  destroy: { readonly token: string };
  update: { readonly token: string; readonly data: unknown };
  /** `update` by a function, which adds 1 to the data's `n`. */
  increment: { readonly token: string };
  rotate: { readonly token: string; readonly grace?: number; readonly retry?: boolean };
  list: {
    readonly subject: string;
    readonly limit?: number;
    readonly cursor?: string;
    readonly current?: string;
  };
  destroyById: { readonly subject: string; readonly id: string };
  destroyAll: { readonly subject: string; readonly except?: string };
  updateAll: { readonly subject: string; readonly data: unknown };
  idOf: { readonly token: string };
  /** @param auth - with `at`, `amr` and `acr`, of which one suffices */
  reauthenticate: { readonly token: string; readonly auth: object };
  /** A one-time token. */
  issue: { readonly purpose: string; readonly data: unknown; readonly subject?: string };
  consume: { readonly purpose: string; readonly token: string };
}
export type Operation = keyof Calls;

/** What a question about the format holds. It needs neither a service nor Redis. */
export interface FormatCalls {
  derive: { readonly secret: string; readonly subject: string | null };
  open: { readonly secrets: readonly string[]; readonly token: string };
  mint: {
    readonly secret: string;
    readonly subject: string | null;
    readonly deadline: number;
    readonly expire: number;
    readonly generation: number;
    readonly id: string;
  };
  successor: { readonly secret: string; readonly token: string };
  unseal: { readonly secrets: readonly string[]; readonly place: string; readonly line: string };
  seal: {
    readonly secret: string;
    readonly place: string;
    readonly text: string;
    readonly iv: string;
  };
}

/** Options of a service that a client may lack. */
const OPTIONS = ["verifyExtendsToken", "encrypt", "maxSessions"] as const;

const OPERATIONS = [
  "sign",
  "verify",
  "extend",
  "destroy",
  "update",
  "increment",
  "rotate",
  "list",
  "destroyById",
  "destroyAll",
  "updateAll",
  "idOf",
  "reauthenticate",
  "issue",
  "consume",
] as const satisfies readonly Operation[];

const FORMAT = ["derive", "open", "mint", "successor", "unseal", "seal"] as const;

/** What a client can say that it has. */
export type Capability = (typeof OPERATIONS)[number] | (typeof FORMAT)[number] | (typeof OPTIONS)[number];
const CAPABILITIES: readonly string[] = [...OPERATIONS, ...FORMAT, ...OPTIONS];

export interface Capabilities {
  readonly name: string;
  readonly can: readonly Capability[];
}

/** Reads the answer to `{"op":"capabilities"}`. A misspelt name would skip tests, so it is an error. */
export function readCapabilities(answer: unknown): Capabilities {
  const { name, can } = (answer ?? {}) as Partial<Capabilities>;
  if (typeof name !== "string" || !Array.isArray(can))
    throw new Error(`capabilities must be {"name": text, "can": [names]}, not ${JSON.stringify(answer)}`);
  const unknown = can.find((each) => !CAPABILITIES.includes(each));
  if (unknown !== undefined)
    throw new Error(`${name} says that it can ${unknown}. Choose from ${CAPABILITIES.join(", ")}`);
  if (!can.includes("verify")) throw new Error(`${name} must be able to verify`);
  return { name, can };
}

export interface Question {
  readonly op: string;
  readonly service?: ServiceOptions;
  readonly [name: string]: unknown;
}

/** The failure of a call: the error's code, the reason of an outage, and the message. */
export interface Failure {
  readonly code: string;
  readonly reason?: string | null;
  readonly message: string;
}

export type Answer = { readonly result: unknown } | { readonly error: Failure };
