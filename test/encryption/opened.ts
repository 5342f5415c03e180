import { encryption } from "../../src/encryption/index.ts";
import { createRwt, type RwtOptions } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { plant, redisKeysOf, valueAt } from "../token/stored.ts";

export const secret = "the secret of these tests, 32 bytes or more";
/** The form of an encrypted line. */
export const SEALED = /^e1\.[\w-]+$/;

/** A service with encryption, and functions to read and change what its store has for a token's session, line by line. */
export function opened(options: Partial<RwtOptions> = {}, acceptPlain?: boolean) {
  const store = memoryStore();
  const given = { store, secret, ...options };
  const rwt = createRwt(given).with(encryption({ acceptPlain })).with(sessions());
  const sessionOf = async (token: string) => (await redisKeysOf(secret, token)).session;
  return {
    store,
    rwt,
    plain: createRwt(given).with(sessions()),
    lines: async (token: string) => ((await valueAt(store, await sessionOf(token))) ?? "").split("\n"),
    put: async (token: string, lines: readonly string[]) =>
      plant(store, await sessionOf(token), lines.join("\n")),
  };
}
