import { OptionRangeError, OptionTypeError } from "../errors.ts";
import { typeError } from "../lib/check.ts";
import { DeadlinePassed, withDeadline } from "../lib/deadline.ts";
import { isObject } from "../lib/json.ts";
import { onAbort } from "../lib/on-abort.ts";
import { isErrorReply, isReadOnly } from "../redis/faults.ts";
import { loadClient } from "./load-client.ts";
import { refuseOtherClient } from "./other-client.ts";

/** How a client that the library makes comes and goes. */
export interface Lifecycle<Client> {
  open(): Promise<Client>;
  /** Ends the connection once what is under way is answered; at once where there is no connection. */
  closeGently(client: Client): Promise<unknown>;
  /** Ends it at once. */
  closeNow(client: Client): void;
  /** Whether it has ended by itself and connects no more. */
  hasEnded(client: Client): boolean;
}

/** A client that comes into being when it is asked for. */
export interface OwnedClient<Client> {
  /** The client, made if there is none; it need not be connected yet. */
  get(): Promise<Client>;
  /**
   * Sends something through the client.
   *
   * @param signal - aborts with `DeadlinePassed` when no reply came in time
   */
  use<Reply>(signal: AbortSignal, send: (client: Client) => Promise<Reply>): Promise<Reply>;
  /** Never fails, and takes no longer than the timeout. */
  close(): Promise<void>;
}

/**
 * A client that the library makes at the first call and closes on `disconnect`; a later call makes another. So
 * it does after one that ended by itself, or that answered nothing at all for a whole timeout: its connection
 * may lead nowhere (a host that died, a NAT entry that was lost), and what waits on it would be carried out
 * long after anyone cares. And so it does after READONLY: behind one address, another is the primary now.
 *
 * For TCP clients only, whose connection all callers share.
 *
 * @param timeout - milliseconds that a server has to take its leave
 */
export function ownedClient<Client>(
  timeout: number,
  { open, closeGently, closeNow, hasEnded }: Lifecycle<Client>,
): OwnedClient<Client> {
  let opening: Promise<Client> | undefined;
  /** How many replies came, errors among them: a connection that brings none for a whole timeout leads nowhere. */
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
        // Cut off since the last call: what is sent now goes over a new connection.
        forget(mine);
        mine = get();
        client = await mine;
      }
      const before = heard;
      const letGo = onAbort(signal, () => {
        const isSilent = signal.reason instanceof DeadlinePassed && heard === before;
        // Once: calls of one moment run out of time in one moment.
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
      // Before anything is awaited: a call from now on gets a client of its own.
      opening = undefined;
      const client = await closing?.catch(() => undefined);
      if (client !== undefined) await retire(client);
    },
  };
}

/** Loads a client and makes one of it. */
export async function makeClient<Module, Client>(
  name: string,
  importing: Promise<Module>,
  make: (module: Module) => Client,
): Promise<Client> {
  const module = await loadClient(name, importing);
  try {
    return make(module);
  } catch {
    // Without what it says, which may be the URL and its password.
    throw new OptionRangeError("client", `${name} takes no client from these options`);
  }
}

/** Waits before reconnecting, in milliseconds: soon at first, and never so long that a recovery goes unseen. */
export const reconnectDelay = (attempt: number): number => Math.min(50 * attempt, 500);

/** On Workers a socket belongs to the request that opened it: a shared connection works once, and then never answers. */
export function refuseWorkers(store: string): void {
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } };
  if (navigator?.userAgent !== "Cloudflare-Workers") return;
  throw new OptionTypeError(
    "store",
    `${store} can't be shared by a Worker's requests: use upstashStore there`,
  );
}

/** Checks what a TCP store was given that isn't a client: a `redis:` or `rediss:` URL, or client options. */
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
    throw new OptionRangeError("url", "the url is of a REST API: use upstashStore({ url, token }) for it");
  try {
    const { protocol, username, password } = new URL(url);
    decodeURIComponent(username + password);
    if (/^rediss?:$/.test(protocol) && !/\s/.test(url)) return;
  } catch {
    // Not with the parser's own error, which holds the URL and its password.
  }
  throw new OptionRangeError(
    "url",
    "the url must be redis://user:password@host:port/db, or rediss:// for TLS, with special characters %-encoded",
  );
}
