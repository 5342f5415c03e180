/** Reads and writes the values in Redis for a token by hand. */
import { utf8 } from "../../src/lib/bytes.ts";
import { command, query, WRITES } from "../../src/redis/command.ts";
import type { TokenStore } from "../../src/store.ts";
import { createKeyRing, mintToken, openToken, type SessionKeys, sessionKeys } from "../../src/token/index.ts";
import { secret } from "./fixture.ts";

const ring = createKeyRing([utf8(secret)]);

async function opened(token: string) {
  const found = await openToken(await ring(), token);
  if (found === null) throw new Error("no token of the tests' secret");
  return found;
}

export async function keysOf(token: string): Promise<SessionKeys> {
  const { lookup, person } = await opened(token);
  return sessionKeys("rwt:", lookup, person);
}

/** The keys of a session with a person. */
type PersonalKeys = { readonly [Name in keyof SessionKeys]-?: string };

export async function personKeysOf(token: string): Promise<PersonalKeys> {
  const { session, member, person, index } = await keysOf(token);
  if (person === undefined || index === undefined) throw new Error("the token has no person");
  return { session, member, person, index };
}

export const generationOf = async (token: string): Promise<number> => (await opened(token)).generation;

/** Another generation's token of the same session. */
export async function tokenOf(token: string, generation: number): Promise<string> {
  const { keys, ...fields } = await opened(token);
  const { deadline, expire, person, id } = fields;
  return mintToken(keys, { deadline, expire, person, id, generation });
}

/** Reads and writes a store's keys. */
export function rawOf(store: TokenStore) {
  const text = (reply: unknown): string | null => {
    if (reply === null || typeof reply === "string") return reply;
    throw new Error("no text");
  };
  return {
    get: async (key: string) => text(await store.run(query("GET", [key]))),
    set: (key: string, value: string, seconds = 1000) =>
      store.run(command("SET", [key], [value, "EX", String(seconds)], WRITES)),
    /** Writes a part of a value, as `SETRANGE` does. */
    patch: (key: string, offset: number, part: string) =>
      store.run(command("SETRANGE", [key], [String(offset), part], WRITES)),
    delete: (key: string) => store.run(command("DEL", [key], [], WRITES)),
    pttl: async (key: string) => Number(await store.run(query("PTTL", [key]))),
    members: async (index: string) => (await store.run(query("ZRANGE", [index], ["0", "-1"]))) as string[],
    /** The time of the clock that decides on rotations. */
    now: async () => Number(((await store.run(query("TIME"))) as string[])[0]),
  };
}

/** Line 1 of a session's value, by the offsets of the wire format. */
export function headerOf(value: string | null) {
  const [line = ""] = (value ?? "").split("\n");
  const cut = (from: number, to: number) => line.slice(from, to + 1);
  return {
    version: cut(0, 0),
    iat: cut(2, 11),
    epoch: cut(13, 23),
    generation: cut(25, 29),
    state: cut(31, 31),
    graceEnd: cut(33, 42),
    again: cut(44, 53),
    serial: cut(55, 62),
    revision: cut(64, 71),
    rest: line.slice(72),
    spaces: [1, 12, 24, 30, 32, 43, 54, 63].map((at) => line[at]).join(""),
  };
}
