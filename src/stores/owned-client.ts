import { OptionRangeError, OptionTypeError } from "../errors.ts";
import { typeError } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";
import { TimeIsUp, type TimeLimit, withTimeLimit } from "../lib/time-limit.ts";
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

/** A client that is being made, or is there. */
interface Opening<Client> {
  readonly promise: Promise<Client>;
  client: Client | undefined;
}

/** A client that is made when it is first used. */
export interface OwnedClient<Client> {
  /** Returns the client, or makes one. It may not be connected yet. */
  get(): Promise<Client>;
  /**
   * Sends something through the client.
   *
   * @param limit - is over with `TimeIsUp` when no reply came in time
   */
  use<Reply>(limit: TimeLimit, send: (client: Client) => Promise<Reply>): Promise<Reply>;
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
  let current: Opening<Client> | undefined;
  /** How many replies came, errors too. A connection without any for a whole timeout counts as dead. */
  let heard = 0;

  function start(): Opening<Client> {
    const mine: Opening<Client> = { promise: open(), client: undefined };
    current = mine;
    mine.promise.then(
      (client) => {
        mine.client = client;
      },
      () => forget(mine),
    );
    return mine;
  }

  function forget(which: Opening<Client>): void {
    if (current === which) current = undefined;
  }

  async function retire(client: Client): Promise<void> {
    await withTimeLimit(timeout, undefined, () => closeGently(client)).catch(() => {});
    closeNow(client);
  }

  return {
    get: () => (current ?? start()).promise,
    async use(limit, send) {
      let mine = current ?? start();
      // Without an await where it is there: a lone command would pay for it.
      let client = mine.client ?? (await mine.promise);
      if (hasEnded(client)) {
        // The connection was lost since the last call, so use a new client.
        forget(mine);
        mine = current ?? start();
        client = await mine.promise;
      }
      const before = heard;
      const letGo = limit.onOver(() => {
        const isSilent = limit.reason instanceof TimeIsUp && heard === before;
        // Only once, since calls that began at the same moment time out at the same moment.
        if (!isSilent || current !== mine) return;
        forget(mine);
        closeNow(client);
      });
      try {
        const reply = await send(client);
        heard++;
        return reply;
      } catch (error) {
        if (isErrorReply(error)) heard++;
        if (isReadOnly(error) && current === mine) {
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
      const closing = current;
      // Before the first await, so that later calls get a new client.
      current = undefined;
      const client = await closing?.promise.catch(() => undefined);
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

/**
 * Checks a TCP store's target that isn't a client: it must be a `redis:` or `rediss:` URL, or client options.
 *
 * @param foreign - options of other clients: this one would ignore them, and so reach localhost, or the wrong database
 * @param own - what to write instead
 */
export function checkTarget(target: unknown, foreign: readonly string[] = [], own = ""): void {
  if (typeof target !== "string" && !isObject(target)) {
    throw typeError("client", "a client, a redis:// URL (is REDIS_URL set?) or client options", target);
  }
  refuseOtherClient(target);
  if (typeof target === "string") {
    checkUrl(target);
    return;
  }
  if (typeof target.url === "string") checkUrl(target.url);
  const name = foreign.find((option) => target[option] !== undefined);
  if (name !== undefined)
    throw new OptionTypeError(
      name,
      `this client has no option ${name}: give it ${own}`,
      "ERR_RWT_OPTION_UNKNOWN",
    );
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
