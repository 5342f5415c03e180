/** What to do after a secret has leaked, step by step, and what each step achieves. */
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createRwt, type Rwt } from "../../src/index.ts";
import { deriveKeys, mintToken } from "../../src/token/index.ts";
import { atEnd } from "../support/at-end.ts";
import { utf8 } from "../support/bytes.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const leaked = "the secret that has leaked, of 32 bytes or more";
const next = "the secret that comes after it, of 32 bytes or more";
const TOKENS = 50;

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
atEnd(() => admin.disconnect());

/** What an attacker with the secret can make: genuine tokens of sessions that were never signed. */
async function forgeWith(secret: string): Promise<string[]> {
  const keys = await deriveKeys(utf8(secret));
  const fields = { deadline: Math.floor(Date.now() / 1000) + 3600, expire: 3600 };
  const mint = async (_: unknown, i: number) =>
    mintToken(keys, { ...fields, person: i % 2 === 0 ? undefined : new Uint8Array(12).fill(i) });
  return Promise.all(Array.from({ length: TOKENS }, mint));
}

const sum = (counted: Record<string, number>): number => Object.values(counted).reduce((a, b) => a + b, 0);

test.each(storeKinds(redis, rest))("$name", async ({ open }) => {
  const serviceWith = (secret: string | string[]): Rwt<number> =>
    createRwt<number>({ store: open(), secret });
  const numbers = Array.from({ length: TOKENS }, (_, i) => i);
  const dataOf = async (rwt: Rwt<number>, tokens: readonly string[]) =>
    Promise.all(tokens.map(async (token) => (await rwt.verify(token))?.data));

  const before = serviceWith(leaked);
  const old = await Promise.all(numbers.map((n) => before.sign(n, { subject: String(n) })));
  const forgeries = await forgeWith(leaked);
  await before.disconnect();

  // Without a session in Redis the forgeries let nobody in, but each takes a command.
  const both = serviceWith([next, leaked]);
  await both.connect();
  const none = forgeries.map(() => undefined);
  const asked = await commandsOf(admin, async () => expect(await dataOf(both, forgeries)).toEqual(none));
  expect(sum(asked)).toBeGreaterThan(0);
  // Nobody is logged out, and new sign-ins get tokens of the new secret.
  expect(await dataOf(both, old)).toEqual(numbers);
  const young = await Promise.all(numbers.map((n) => both.sign(n)));
  await both.disconnect();

  const after = serviceWith(next);
  await after.connect();
  const dead = await commandsOf(admin, async () => {
    expect(await dataOf(after, [...old, ...forgeries])).toEqual([...none, ...none]);
    for (const token of old) {
      expect(await after.extend(token)).toBe(false);
      expect(await after.destroy(token)).toBe(false);
    }
  });
  expect(dead).toEqual({});
  expect(await dataOf(after, young)).toEqual(numbers);
  await after.disconnect();
});
