import { createKeyRing, hashSubject, mintToken, openToken, sessionKeys } from "redis-web-token/token";
import type { FormatCalls } from "../protocol.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const ringOf = (secrets: readonly string[]) => createKeyRing(secrets.map(utf8))();

async function keysOf(secret: string) {
  const [keys] = await ringOf([secret]);
  if (keys === undefined) throw new Error("a ring of no secrets");
  return keys;
}

/** The operations on tokens alone, by the package's parts of the format. */
export const formatOperations: {
  readonly [Op in Exclude<keyof FormatCalls, "seal" | "unseal">]: (call: FormatCalls[Op]) => Promise<unknown>;
} = {
  async derive({ secret, subject }) {
    const keys = await keysOf(secret);
    const person = subject === null ? null : hex(await hashSubject(keys, subject));
    return { kid: keys.kid.toString(16).padStart(2, "0"), person };
  },
  async open({ secrets, token }) {
    const opened = await openToken(await ringOf(secrets), token);
    if (opened === null) return null;
    const { deadline, expire, generation, person, lookup } = opened;
    const { session, person: personKey = null } = sessionKeys("rwt:", lookup, person);
    return {
      deadline,
      expire,
      generation,
      person: person ? hex(person) : null,
      sessionKey: session,
      personKey,
    };
  },
  async mint({ secret, subject, id, ...numbers }) {
    const keys = await keysOf(secret);
    const person = subject === null ? undefined : await hashSubject(keys, subject);
    return mintToken(keys, { ...numbers, person, id: unhex(id) });
  },
  async successor({ secret, token }) {
    const keys = await keysOf(secret);
    const opened = await openToken([keys], token);
    if (opened === null) return null;
    const { deadline, expire, generation, person, id } = opened;
    return mintToken(keys, { deadline, expire, generation: generation + 1, person, id });
  },
};
