import type { TokenStore } from "../store.ts";

/** What an encrypted value begins with. */
export const MARK = "e1.";

export const isSealed = (value: string): boolean => value.startsWith(MARK);

/** How an encrypted store's values are made and read, for operations beyond a `TokenStore`'s. */
export interface Sealing {
  /** The store that holds them. */
  readonly inner: TokenStore;
  /**
   * Gives what is stored of a text.
   *
   * @param key - the Redis key that the value is for
   */
  seal(key: string, text: string): Promise<string>;
  /**
   * @param key - the Redis key that the value was found at
   * @returns the text; `null` for what none of the secrets opens
   */
  open(key: string, value: string): Promise<string | null>;
}

/** A store whose values are encrypted. */
export interface EncryptedStore extends TokenStore {
  readonly sealing: Sealing;
}
