import { join } from "node:path";
import { describe } from "vitest";
import { root } from "../../tools/entries.ts";
import { startBridge } from "../support/bridge.ts";
import { php, phpMissing, python, pythonMissing } from "../support/interop.ts";

/** Calls a client's own methods by their names. Its errors are thrown with their codes. */
export type Ask = (op: string, ...args: readonly unknown[]) => Promise<unknown>;

/** Options of a service in another language, by the names that they have in TypeScript. */
export interface ClientOptions {
  readonly expire?: unknown;
  readonly verifyExtendsToken?: unknown;
  readonly maxLifetime?: unknown;
  readonly prefix?: unknown;
  /** `undefined` for a service without encryption, as far as the language has one. */
  readonly encrypt?: unknown;
  readonly acceptPlain?: unknown;
  readonly maxSessions?: unknown;
  readonly onLimit?: unknown;
  /** Milliseconds that Redis has to answer. */
  readonly timeout?: number;
  /** Options of one language alone. */
  readonly [name: string]: unknown;
}

/** A whole client in another language, and the client of Redis that it uses, for tests of what is the language's own. */
export interface Client {
  readonly name: string;
  readonly isThere: boolean;
  /** Starts a process of it with the Redis at that port. If it throws, `Ask` rejects with the error's code, reason and message. */
  start(port: number, options?: ClientOptions): Ask;
}

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly reason: string | null; readonly message: string };
}

function ask(command: string, ...args: readonly string[]): Ask {
  const bridge = startBridge(command, args);
  return async (op, ...given) => {
    const { result, error } = (await bridge({ op, args: given })) as Answer;
    if (error !== undefined) throw new Error(`${error.code} ${error.reason} ${error.message}`);
    return result;
  };
}

/** @param client - phpredis, predis or cluster */
export const inPhp = (client: string): Client => ({
  name: `PHP with ${client}${phpMissing}`,
  isThere: php !== undefined,
  start: (
    port,
    { timeout = 1500, expire, verifyExtendsToken, maxLifetime, maxSessions, onLimit, ...more } = {},
  ) =>
    ask(
      php ?? "",
      join(root, "interop/php/tests/bridge.php"),
      JSON.stringify({
        redis: { host: "127.0.0.1", port, timeout: timeout / 1000 },
        custom: { expire, verifyExtendsToken, maxLifetime, maxSessions, onLimit },
        ...more,
      }),
      client,
    ),
});

/** @param kind - sync, asyncio, cluster or asyncio cluster */
export const inPython = (kind: string): Client => ({
  name: `Python (${kind})${pythonMissing}`,
  isThere: python !== undefined,
  start(
    port,
    {
      timeout = 1500,
      expire,
      verifyExtendsToken,
      maxLifetime,
      encrypt,
      acceptPlain,
      maxSessions,
      onLimit,
      ...more
    } = {},
  ) {
    const hasEncryption = encrypt !== undefined || acceptPlain !== undefined;
    const encryption = hasEncryption ? { encrypt, accept_plain: acceptPlain } : undefined;
    const options = {
      redis: `redis://127.0.0.1:${port}`,
      timeout,
      expire,
      verify_extends_token: verifyExtendsToken,
      max_lifetime: maxLifetime,
      encryption,
      max_sessions: maxSessions,
      on_limit: onLimit === "endOldest" ? "end_oldest" : onLimit,
      ...more,
    };
    return ask(python ?? "", join(root, "interop/python/tests/bridge.py"), JSON.stringify({ options }), kind);
  },
});

/** All clients in other languages. */
export const clients: readonly Client[] = [
  inPhp("phpredis"),
  inPhp("predis"),
  inPython("sync"),
  inPython("asyncio"),
];

/** A suite for each client. Its name says why it is skipped, if it is. */
export function describeClients(
  title: string,
  all: readonly Client[],
  suite: (client: Client) => void,
): void {
  for (const client of all) describe.skipIf(!client.isThere)(`${title}: ${client.name}`, () => suite(client));
}
