import type { Capability } from "./protocol.ts";

interface Row {
  /** What a client declares that has it. */
  readonly needs: readonly Capability[];
  /** How the table of docs/other-languages.md names it. */
  readonly title: string;
}

const row = (title: string, ...needs: readonly Capability[]): Row => ({ title, needs });

/** The rows of the table. */
export const FEATURES = {
  sign: row("`sign`", "sign"),
  verify: row("`verify`", "verify"),
  slide: row("`verify` that restarts the idle timeout", "verifyExtendsToken"),
  extend: row("`extend`", "extend"),
  destroy: row("`destroy`", "destroy"),
  update: row("`update`", "update"),
  increment: row("`update` by a function", "increment"),
  rotate: row("`rotate`", "rotate"),
  idOf: row("`idOf`", "idOf"),
  list: row("`list`", "list"),
  destroyById: row("`destroyById`", "destroyById"),
  destroyAll: row("`destroyAll`", "destroyAll"),
  updateAll: row("`updateAll`", "updateAll"),
  reauthenticate: row("`reauthenticate`", "reauthenticate"),
  once: row("one-time tokens", "issue", "consume"),
  maxSessions: row("`maxSessions`", "maxSessions"),
  encryption: row("encryption", "encrypt"),
  secrets: row("several secrets"),
  vectors: row("all test vectors"),
  cost: row("one round trip for a check, none for a forgery"),
  outage: row("an outage is an error"),
  values: row("refuses, and keeps, what it doesn't know"),
  history: row("no wrong answer while all clients use the same sessions"),
} as const satisfies Readonly<Record<string, Row>>;

export type Feature = keyof typeof FEATURES;

/** What a test says: about which feature of which clients. */
export interface Tested {
  readonly clients: readonly string[];
  readonly feature: Feature;
}
