import { OptionRangeError, OptionTypeError } from "../errors.ts";
import { typeError } from "../lib/check.ts";
import { DeadlinePassed, withDeadline } from "../lib/deadline.ts";
import { isObject } from "../lib/json.ts";
import { onAbort } from "../lib/on-abort.ts";
import { isErrorReply, isReadOnly } from "../redis/faults.ts";
import { loadClient } from "./load-client.ts";
import { refuseOtherClient } from "./other-client.ts";

/** How to open and close a client that the library makes. */
export interface Lifecycle<Client> {
  open(): Promise<Client>;
  /** Ends the connection after the pending replies; at once if there is no connection. */
  closeGently(client: Client): Promise<unknown>;
  /** Ends it at once. */
  closeNow(client: Client): void;
  /** Whether it has ended by itself and won't reconnect. */
  hasEnded(client: Client): boolean;
}

/** A client that is made when it is first used. */
export interface OwnedClient<Client> {
  /** Returns the client, or makes one. It may not be connected yet. */
  get(): Promise<Client>;
  /**
   * Sends something through the client.
   *
   * @param signal - aborts with `DeadlinePassed` when no reply came in time
   */
  use<Reply>(signal: AbortSignal, send: (client: Client) => Promise<Reply>): Promise<Reply>;
  /** Never rejects, and takes no longer than the timeout. */
  close(): Promise<void>;
}

/**
 * Makes a client at the first call and closes it on `disconnect`. The next call makes another client, and so it does
 * - if the client has ended by itself;
 * - if no reply came for a whole timeout: the connection may be dead (the host died, a NAT entry was lost), and its commands would
 *   be executed long after their callers gave up;
 * - after READONLY: another server is now the primary behind the same address.
 *
 * For TCP clients only, whose connection all callers share.
 *
 * @param timeout - milliseconds that `closeGently` may take
 */
export function ownedClient<Client>(
  timeout: number,
  { open, closeGently, closeNow, hasEnded }: Lifecycle<Client>,
): OwnedClient<Client> {
  let opening: Promise<Client> | undefined;
  /** How many replies came, errors too. A connection without any for a whole timeout counts as dead. */
  let heard = 0;

  function get(): Promise<Client> {
    if (opening !== undefined) return opening;
    const mine = open();
    opening = mine;
    mine.catch(() => forget(mine));
    return mine;
  }

  function forget(which: Promise<Client>): void {
    if (opening === which) opening = undefined;
  }

  async function retire(client: Client): Promise<void> {
    await withDeadline(timeout, undefined, () => closeGently(client)).catch(() => {});
    closeNow(client);
  }

  return {
    get,
    async use(signal, send) {
      let mine = get();
      let client = await mine;
      if (hasEnded(client)) {
        // The connection was lost since the last call, so use a new client.
        forget(mine);
        mine = get();
        client = await mine;
      }
      const before = heard;
      const letGo = onAbort(signal, () => {
        const isSilent = signal.reason instanceof DeadlinePassed && heard === before;
        // Only once, since calls that began at the same moment time out at the same moment.
        if (!isSilent || opening !== mine) return;
        forget(mine);
        closeNow(client);
      });
      try {
        const reply = await send(client);
        heard++;
        return reply;
      } catch (error) {
        if (isErrorReply(error)) heard++;
        if (isReadOnly(error) && opening === mine) {
          forget(mine);
          void retire(client);
        }
        throw error;
      } finally {
        letGo();
        if (hasEnded(client)) forget(mine);
      }
    },
    async close() {
      const closing = opening;
      // Before the first await, so that later calls get a new client.
      opening = undefined;
      const client = await closing?.catch(() => undefined);
      if (client !== undefined) await retire(client);
    },
  };
}

/** Loads a client's module and makes a client. */
export async function makeClient<Module, Client>(
  name: string,
  importing: Promise<Module>,
  make: (module: Module) => Client,
): Promise<Client> {
  const module = await loadClient(name, importing);
  try {
    return make(module);
  } catch {
    // Without the cause, whose message may contain the URL and its password.
    throw new OptionRangeError("client", `${name} can't make a client from these options`);
  }
}

/** Milliseconds to wait before reconnecting: short at first, and never long, so that a recovery is noticed soon. */
export const reconnectDelay = (attempt: number): number => Math.min(50 * attempt, 500);

/** On Workers a socket belongs to the request that opened it: a shared connection works once, and then never answers. */
export function refuseWorkers(store: string): void {
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } };
  if (navigator?.userAgent !== "Cloudflare-Workers") return;
  throw new OptionTypeError(
    "store",
    `${store} doesn't work on Cloudflare Workers, whose requests can't share a connection: use upstashStore`,
  );
}

/** Checks a TCP store's target that isn't a client: it must be a `redis:` or `rediss:` URL, or client options. */
export function checkTarget(target: unknown): void {
  if (typeof target !== "string" && !isObject(target)) {
    throw typeError("client", "a client, a redis:// URL or client options", target);
  }
  refuseOtherClient(target);
  const url = typeof target === "string" ? target : target.url;
  if (typeof url === "string") checkUrl(url);
}

function checkUrl(url: string): void {
  if (/^https?:/i.test(url))
    throw new OptionRangeError("url", "the url belongs to a REST API: use upstashStore({ url, token })");
  try {
    const { protocol, username, password } = new URL(url);
    decodeURIComponent(username + password);
    if (/^rediss?:$/.test(protocol) && !/\s/.test(url)) return;
  } catch {
    // Without the parser's error, which contains the URL and its password.
  }
  throw new OptionRangeError(
    "url",
    "the url must be redis://user:password@host:port/db, or rediss:// for TLS, with special characters %-encoded",
  );
}
