import { setTimeout as sleep } from "node:timers/promises";
import { startBridge } from "../../test/support/bridge.ts";
import { type Capability, type Question, readCapabilities, type ServiceOptions } from "./protocol.ts";
import { type Ask, type AskFormat, type Service, serviceOver, throwing } from "./service.ts";

/** A client in some language, behind its bridge. */
export interface Client {
  readonly name: string;
  /** Why it is skipped, if it is. */
  readonly missing?: string;
  /** Starts its bridge; `undefined` for a client that isn't a process of its own. */
  readonly command?: string;
  can(...needs: readonly Capability[]): boolean;
  service(options: ServiceOptions): Service;
  readonly format: AskFormat;
}

/** A bridge that says nothing for this long is taken for one that hangs. */
const PATIENCE_SECONDS = 30;

/** Asks, and fails if the answer doesn't come. */
async function patiently(
  label: string,
  send: (question: Question) => Promise<unknown>,
  question: Question,
): Promise<unknown> {
  const silence = new AbortController();
  const waiting = sleep(PATIENCE_SECONDS * 1000, undefined, { signal: silence.signal, ref: false });
  const gaveUp = waiting.then(() => {
    throw new Error(
      `${label} didn't answer {"op":${JSON.stringify(question.op)}} within ${PATIENCE_SECONDS} seconds. ` +
        "A bridge writes one line for each question and flushes it, and each call has a timeout",
    );
  });
  return Promise.race([send(question), gaveUp]).finally(() => silence.abort());
}

/** A client by the way to ask its bridge. Its bridge ends after the test file. */
export async function clientOver(
  label: string,
  send: (question: Question) => Promise<unknown>,
): Promise<Client> {
  const ask: Ask = throwing((question) => patiently(label, send, question));
  const { name, can } = readCapabilities(await ask({ op: "capabilities" }));
  return {
    name,
    can: (...needs) => needs.every((need) => can.includes(need)),
    service: (options) => serviceOver(ask, options),
    format: (op, call) => ask({ op, ...call }),
  };
}

/** @param command - a command line that starts a bridge: `php my-bridge.php` */
export async function startClient(command: string): Promise<Client> {
  // Without a shell in between, so that the bridge itself is ended.
  return { ...(await clientOver(command, startBridge("sh", ["-c", `exec ${command}`]))), command };
}

/** A client whose language isn't installed here. */
export const missingClient = (name: string, missing: string): Client => ({
  name,
  missing,
  can: () => false,
  service: () => {
    throw new Error(`${name} isn't there`);
  },
  format: () => Promise.reject(new Error(`${name} isn't there`)),
});
