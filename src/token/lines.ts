import type { SecretKeys } from "./key-ring.ts";

/** Where a line of a value stands; encryption binds it to that place. */
export interface Line {
  /** The Redis key of the value. */
  readonly key: string;
  readonly number: 2 | 3;
  /** When the session was signed, Unix seconds; for line 2 of a session alone. */
  readonly issuedAt?: number | undefined;
}

/** How the lines of JSON are stored: as they are, or encrypted. */
export interface LineCodec {
  /** Whether new lines are encrypted. */
  readonly seals: boolean;
  /** Whether it can read encrypted lines. */
  readonly opens: boolean;
  /** @param keys - those of the secret whose session or person it is */
  seal(line: Line, text: string, keys: SecretKeys): string | Promise<string>;
  /**
   * How a line is stored in the place of an encrypted one: the second argument of the scripts `update` and `update-all`.
   *
   * @returns empty for a service without the key, `"="` where `seal` gives the same
   */
  reseal(line: Line, text: string, keys: SecretKeys): string | Promise<string>;
  /** @returns `null` for a line that isn't the one that was stored there */
  open(line: Line, text: string): string | null | Promise<string | null>;
}

/** What an encrypted line begins with; JSON never does. */
export const SEALED = "e1.";

export const isSealed = (text: string): boolean => text.startsWith(SEALED);

/** Lines as they are. */
export const plainLines: LineCodec = {
  seals: false,
  opens: false,
  seal: (_, text) => text,
  reseal: () => "",
  open: (_, text) => text,
};
