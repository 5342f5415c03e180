import type { CallOptions } from "../call-options.ts";
import type { IssueCodeOptions, IssueOptions } from "./options.ts";

/** What a one-time token or code stands for. Times are Unix seconds. */
export interface OnceFound<Data = unknown> {
  /** What was issued. */
  readonly data: Data;
  /** The user's id, if it was given. */
  readonly subject: string | undefined;
  /** When it was issued, Unix seconds. */
  readonly issuedAt: number;
  /** When it expires, Unix seconds. */
  readonly expiresAt: number;
}

/** One-time tokens and codes of one purpose. */
export interface Once<Data = unknown> {
  /** What they are for, such as `"password-reset"`. */
  readonly purpose: string;
  /** How long they live by default, seconds. */
  readonly expire: number;

  /**
   * Makes a token that can be consumed once: 81 characters that a URL can hold as they are. One round trip.
   *
   * @param data - any JSON value. It lies in Redis as plain text: store the user's id rather than personal data
   * @throws OptionTypeError, OptionRangeError, DataError if the data isn't JSON
   * @throws StoreUnavailableError if the store doesn't answer: issue another one
   * @example
   * ```ts
   * import { memoryStore } from "redis-web-token/memory";
   * import { createOnce } from "redis-web-token/once";
   *
   * const resets = createOnce({ store: memoryStore(), secret: "s".repeat(32), purpose: "password-reset", expire: 3600 });
   * const token = await resets.issue(null, { subject: "42", replaces: true });
   * const link = `https://example.com/reset?token=${token}`;
   * ```
   */
  issue(data: Data, options?: IssueOptions): Promise<string>;

  /**
   * Reads what a token stands for and leaves it as it is: for the page that a link opens, which scanners of mail open too.
   *
   * Where replicas answer reads, such as Upstash's, one that lags may miss a new token, or still have a used one. `consume` decides.
   *
   * @returns `null` for anything that isn't a live token of this purpose. Forged and expired ones cost no command
   * @throws StoreUnavailableError if the store doesn't answer
   */
  peek(token: string | null | undefined, options?: CallOptions): Promise<OnceFound<Data> | null>;

  /**
   * Takes a token away, and returns what it stands for. Of all calls with the same token, by any service, at most one gets it.
   *
   * @returns `null` for anything that isn't a live token of this purpose. Forged and expired ones cost no command
   * @throws StoreUnavailableError if the store doesn't answer. The token may be gone: let the user ask for another one
   */
  consume(token: string | null | undefined, options?: CallOptions): Promise<OnceFound<Data> | null>;

  /**
   * Makes a short code for a subject, which replaces the subject's code before. Limit how often a subject may get one: each new
   * code allows new guesses.
   *
   * @returns decimal digits
   * @throws OptionTypeError, OptionRangeError, DataError if the data isn't JSON
   * @throws StoreUnavailableError if the store doesn't answer: issue another one
   * @example
   * ```ts
   * import { memoryStore } from "redis-web-token/memory";
   * import { createOnce } from "redis-web-token/once";
   *
   * const codes = createOnce({ store: memoryStore(), secret: "s".repeat(32), purpose: "sign-in-code", expire: 600 });
   * const code = await codes.issueCode({ subject: "42", data: null });
   * const found = await codes.consumeCode("42", code);
   * ```
   */
  issueCode(options: IssueCodeOptions<Data>): Promise<string>;

  /**
   * Takes a subject's code away if it is right, and returns what it stands for. A wrong guess counts, and the last one that
   * `attempts` allows ends the code.
   *
   * @param code - its digits and nothing else, such as `input.replace(/\D/g, "")`
   * @returns `null` for a wrong code, and if there is none: which of the two, an attacker must not learn
   * @throws OptionTypeError, OptionRangeError for a subject that isn't text
   * @throws StoreUnavailableError if the store doesn't answer. The code may be gone, or the guess may count: let the user ask for another
   *   code
   */
  consumeCode(
    subject: string,
    code: string | null | undefined,
    options?: CallOptions,
  ): Promise<OnceFound<Data> | null>;

  /**
   * Ends a subject's code, and the subject's token if it was issued with `replaces`. Other tokens end when they are consumed, or
   * expire.
   *
   * @returns whether there was anything to end
   * @throws StoreUnavailableError if the store doesn't answer: retry
   */
  revokeAll(subject: string, options?: CallOptions): Promise<boolean>;
}
