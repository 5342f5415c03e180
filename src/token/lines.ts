import type { SecretKeys } from "./key-ring.ts";

/** The place of a line in Redis. Encryption binds a line to its place. */
export interface Line {
  /** The Redis key of the value. */
  readonly key: string;
  readonly number: 2 | 3 | 4;
  /** When the session was signed, Unix seconds. Only for line 2 of a session. */
  readonly issuedAt?: number | undefined;
}

/** How the lines of JSON are stored: as they are, or encrypted. */
export interface LineCodec {
  /** Whether new lines are encrypted. */
  readonly seals: boolean;
  /** Whether it can read encrypted lines. */
  readonly opens: boolean;
  /** @param keys - the keys of the session's or person's secret */
  seal(line: Line, text: string, keys: SecretKeys): string | Promise<string>;
  /**
   * The line that replaces an encrypted one: the second argument of the scripts `update` and `update-all`.
   *
   * @returns empty text for a service without the key, `"="` if `seal` returns the same
   */
  reseal(line: Line, text: string, keys: SecretKeys): string | Promise<string>;
  /** @returns `null` for a line that isn't the one that was stored there */
  open(line: Line, text: string): string | null | Promise<string | null>;
}

/** The prefix of an encrypted line. No JSON begins with it. */
export const SEALED = "e1.";

export const isSealed = (text: string): boolean => text.startsWith(SEALED);

/** Stores lines as they are. */
export const plainLines: LineCodec = {
  seals: false,
  opens: false,
  seal: (_, text) => text,
  reseal: () => "",
  open: (_, text) => text,
};
