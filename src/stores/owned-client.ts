import { OptionRangeError } from "../errors.ts";
import { typeError } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";

/** A client that comes into being when it is asked for. */
export interface OwnedClient<Client> {
  get(): Promise<Client>;
  close(): Promise<void>;
}

/**
 * A client that the library makes at the first call and closes on `disconnect`; a later call makes another.
 * For TCP clients only, whose connection all callers share.
 */
export function ownedClient<Client>(
  open: () => Promise<Client>,
  close: (client: Client) => Promise<void>,
): OwnedClient<Client> {
  let opening: Promise<Client> | undefined;
  return {
    get(): Promise<Client> {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    async close(): Promise<void> {
      const closing = opening;
      opening = undefined;
      if (closing !== undefined) await close(await closing);
    },
  };
}

/** Waits before reconnecting, in milliseconds: soon at first, and never so long that a recovery goes unseen. */
export const reconnectDelay = (attempt: number): number => Math.min(50 * attempt, 500);

/** Checks what a TCP store was given that isn't a client: a `redis:` or `rediss:` URL, or client options. */
export function checkTarget(target: unknown): void {
  if (typeof target === "string") {
    if (/^rediss?:\/\/\S*$/.test(target)) return;
    throw new OptionRangeError(
      "url",
      "the URL must begin with redis:// or rediss:// and hold no white space",
    );
  }
  if (!isObject(target)) throw typeError("client", "a client, a redis:// URL or client options", target);
}
