/** Keys and values for the contract's cases. */
import { command, scriptCall, TOUCHES, WRITES } from "../redis/command.ts";
import type { NewSession, TokenStore } from "../store.ts";

let made = 0;

/** Keys as the library makes them, with a hash tag of their own. */
export function freshKeys(): {
  readonly session: string;
  readonly member: string;
  readonly person: string;
  readonly index: string;
} {
  const base = `contract:{${(made++).toString(16)}}:`;
  const member = crypto.randomUUID();
  return { session: `${base}s:${member}`, member, person: `${base}p:${member}`, index: `${base}i:${member}` };
}

export const EPOCH = "AbCdEfGhIjk";
export const NO_EPOCH = "-----------";
export const zeros = (digits: number): string => "0".repeat(digits);
export const valueWith = (epoch: string, data: string): string =>
  `1 ${zeros(10)} ${epoch} 00000 1 ${zeros(10)} ${zeros(10)} ${zeros(8)} ${zeros(8)}\n{}\n${data}`;
// Not as literal JSON: Next 15's minifier turns the escape in such text into the character.
export const VALUE: string = valueWith(NO_EPOCH, JSON.stringify("é 🎟 \ud800 \u2028"));
export const OTHER: string = valueWith(NO_EPOCH, "2");

export const set = (store: TokenStore, key: string, value: string, ttl: number): Promise<unknown> =>
  store.run(command("SET", [key], [value, "EX", String(ttl), "NX"], WRITES));
export const valueAt = async (store: TokenStore, session: string): Promise<string | null> =>
  (await store.read({ session })).session;
export const extend = (store: TokenStore, session: string, ttl: number): Promise<unknown> =>
  store.run(scriptCall("extend", [session], ["0", String(ttl), "0"], TOUCHES));
export const remove = (store: TokenStore, session: string): Promise<unknown> =>
  store.run(scriptCall("destroy", [session], ["", "1"]));

/** Unix seconds, by this machine's clock. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** A session to create, with its own person or without one. */
export function newSession(hasPerson: boolean, ttl = 60): NewSession {
  const { session, member, person, index } = freshKeys();
  return {
    redis: hasPerson ? { session, member, person, index } : { session, member },
    issuedAt: now(),
    deadline: now() + 3600,
    ttl,
    facts: '{"meta":{"is":"é"}}',
    data: '"of the contract"',
    isSealed: false,
  };
}
