import type { Redis } from "ioredis";
import { expect, test } from "vitest";
import { type TokenVector, tokenVector } from "../../tools/vectors/token.ts";
import vectors from "../../vectors.json" with { type: "json" };

/** Calls another implementation. Its errors are thrown with their names. */
export type Ask = (op: string, ...args: readonly unknown[]) => Promise<unknown>;

/** An implementation in another language. */
export interface Implementation {
  /** Opens tokens and derives keys, without Redis. */
  readonly ask: Ask;
  /** Verifies a token without extending its session. Returns the session or `null`. */
  read(token: string): Promise<unknown>;
  /** The implementation's secret. */
  readonly secret: string;
}

/** Tests an implementation with all vectors. `redis` is the Redis that it uses. */
export function formatSuite({ ask, read, secret }: Implementation, redis: Redis): void {
  /** Stores a session and its person, and returns the token that opens it and their keys. */
  async function stored(
    session: string | null,
    person: string | null,
    { hasPerson = person !== null, generation = 0 } = {},
  ): Promise<TokenVector> {
    const subject = hasPerson ? "user-42" : null;
    const numbers = { deadline: 4_102_444_800, expire: 3600, generation };
    const vector = tokenVector({ secret, subject, ...numbers, id: "0123456789abcdef0123456789abcdef" });
    await redis.flushall();
    if (session !== null) await redis.set(vector.sessionKey, session, "EX", 60);
    if (person !== null) await redis.set(vector.personKey ?? "", person, "EX", 60);
    return vector;
  }

  test("derives keys, opens tokens and names Redis keys as all token vectors say", async () => {
    for (const vector of vectors.tokens) {
      const { secret, subject, kid, token, successor, deadline, expire, generation, sessionKey, personKey } =
        vector;
      const person = subject === null ? null : vector.person;
      expect(await ask("derive", secret, subject)).toEqual({ kid, person });
      const opened = { deadline, expire, generation, person, sessionKey, personKey };
      expect(await ask("open", [secret], token)).toEqual(opened);
      if (successor === null) continue;
      expect(await ask("open", [secret], successor)).toEqual({ ...opened, generation: generation + 1 });
    }
  });

  test("opens the tokens that a ring opens", async () => {
    for (const { secrets, token, opensWith } of vectors.rings) {
      expect(await ask("open", secrets, token)).not.toBeNull();
      for (const [i, secret] of secrets.entries()) {
        expect((await ask("open", [secret], token)) !== null).toBe(i === opensWith);
      }
    }
  });

  test("rejects what must be rejected", async () => {
    for (const { secrets, token, why } of vectors.rejected) {
      expect(await ask("open", secrets, token), why).toBeNull();
    }
  });

  // What a verifier without encryption finds; this one has the key.
  const readable = vectors.values.filter(({ why }) => !why.includes("encrypted"));
  test.each(readable)("reads values: $why", async ({ session, person, hasPerson, found }) => {
    const { token } = await stored(session, person, { hasPerson });
    const answer = read(token);
    if (found === "no answer") await expect(answer).rejects.toThrow(/Unavailable|UNAVAILABLE/);
    else if (found === null) expect(await answer).toBeNull();
    else expect(await answer).toMatchObject(found as object);
  });

  test.each(vectors.generations)(
    "judges generations: $why",
    async ({ session, person, hasPerson, generation, answer, after }) => {
      const { token, sessionKey } = await stored(session, person, { hasPerson, generation });
      expect((await read(token)) !== null).toBe(answer === "live");
      const value = await redis.get(sessionKey);
      expect(value?.slice(0, after?.length) ?? null).toBe(after);
    },
  );

  const header = "1 1795000000 ----------- 00000 1 0000000000 0000000000 00000000 00000000";
  const dataOf = async (json: string) => {
    const { token } = await stored(`${header}\n{}\n${json}`, null);
    return ((await read(token)) as { data: unknown }).data;
  };

  test("reads as many levels of nesting as the library signs", async () => {
    const json = "[".repeat(500) + "]".repeat(500);
    expect(JSON.stringify(await dataOf(json))).toBe(json);
  });

  test("reads a lone surrogate, which JavaScript can sign", async () => {
    const data = (await dataOf(String.raw`["\ud800","\\ud800","\ud83d\ude00","\udc00\ud800x"]`)) as string[];
    expect(data.slice(1, 3)).toEqual([String.raw`\ud800`, "😀"]);
    expect(data).toHaveLength(4);
  });
}
