import { ClientMissingError, OptionRangeError } from "../errors.ts";
import { typeError } from "../lib/check.ts";
import { withDeadline } from "../lib/deadline.ts";
import { isObject } from "../lib/json.ts";

/** How a client that the library makes comes and goes. */
export interface Lifecycle<Client> {
  open(): Promise<Client>;
  /** Ends the connection once what is under way is answered; at once where there is no connection. */
  leave(client: Client): Promise<unknown>;
  /** Ends it at once. */
  kill(client: Client): void;
}

/** A client that comes into being when it is asked for. */
export interface OwnedClient<Client> {
  get(): Promise<Client>;
  /** Never fails, and takes no longer than the time-out. */
  close(): Promise<void>;
}

/**
 * A client that the library makes at the first call and closes on `disconnect`; a later call makes another.
 * For TCP clients only, whose connection all callers share.
 *
 * @param timeout - milliseconds that a server has to take its leave
 */
export function ownedClient<Client>(
  timeout: number,
  { open, leave, kill }: Lifecycle<Client>,
): OwnedClient<Client> {
  let opening: Promise<Client> | undefined;
  return {
    get() {
      if (opening !== undefined) return opening;
      const mine = open();
      opening = mine;
      mine.catch(() => {
        if (opening === mine) opening = undefined;
      });
      return mine;
    },
    async close() {
      const closing = opening;
      // Before anything is awaited: a call from now on gets a client of its own.
      opening = undefined;
      const client = await closing?.catch(() => undefined);
      if (client === undefined) return;
      await withDeadline(timeout, undefined, () => leave(client)).catch(() => {});
      kill(client);
    },
  };
}

/** Loads a client, which is an optional peer of the library. */
export async function load<Module>(name: string, importing: Promise<Module>): Promise<Module> {
  try {
    return await importing;
  } catch (cause) {
    throw new ClientMissingError(`this store needs the package ${name}: npm install ${name}`, { cause });
  }
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
