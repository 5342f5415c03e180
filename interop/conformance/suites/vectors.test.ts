import { expect } from "vitest";
import { type TokenVector, tokenVector } from "../../../tools/vectors/token.ts";
import vectors from "../../../vectors.json" with { type: "json" };
import { describeClients, expectOutage } from "../checks.ts";
import { startClients } from "../clients.ts";
import { openStage, secret } from "../stage.ts";

const { redis, admin } = await openStage();

describeClients("the test vectors", await startClients(), ({ can, format, service }, check) => {
  /** A service without encryption, and one that has the key where the client has encryption. */
  const reads = service({ redis: redis.url, secret, ...(can("encrypt") && { encrypt: false }) });

  /** Stores a session and its person, and returns the token that opens it and their keys. */
  async function stored(
    session: string | null,
    person: string | null,
    { hasPerson = person !== null, generation = 0 } = {},
  ): Promise<TokenVector> {
    const subject = hasPerson ? "user-42" : null;
    const numbers = { deadline: 4_102_444_800, expire: 3600, generation };
    const vector = tokenVector({ secret, subject, ...numbers, id: "0123456789abcdef0123456789abcdef" });
    await admin.flushall();
    if (session !== null) await admin.set(vector.sessionKey, session, "EX", 60);
    if (person !== null) await admin.set(vector.personKey ?? "", person, "EX", 60);
    return vector;
  }

  check("vectors", ["derive"], "derives keys", async () => {
    for (const { secret, subject, kid, person } of vectors.tokens)
      expect(await format("derive", { secret, subject })).toEqual({
        kid,
        person: subject === null ? null : person,
      });
  });

  check("vectors", ["open"], "opens tokens and names Redis keys", async () => {
    for (const vector of vectors.tokens) {
      const { secret, subject, token, successor, deadline, expire, generation, sessionKey, personKey } =
        vector;
      const person = subject === null ? null : vector.person;
      const opened = { deadline, expire, generation, person, sessionKey, personKey };
      expect(await format("open", { secrets: [secret], token })).toEqual(opened);
      if (successor === null) continue;
      const next = { ...opened, generation: generation + 1 };
      expect(await format("open", { secrets: [secret], token: successor })).toEqual(next);
    }
  });

  check("vectors", ["mint", "successor"], "mints tokens and successors", async () => {
    for (const { secret, subject, deadline, expire, generation, id, token, successor } of vectors.tokens) {
      const fields = { secret, subject, deadline, expire, generation, id };
      expect(await format("mint", fields)).toBe(token);
      if (successor !== null) expect(await format("successor", { secret, token })).toBe(successor);
    }
  });

  check("vectors", ["open"], "opens the tokens that a ring opens", async () => {
    for (const { secrets, token, opensWith } of vectors.rings) {
      expect(await format("open", { secrets, token })).not.toBeNull();
      for (const [i, secret] of secrets.entries())
        expect((await format("open", { secrets: [secret], token })) !== null).toBe(i === opensWith);
    }
  });

  check("vectors", [], "rejects what must be rejected", async () => {
    for (const { secrets, token, why } of vectors.rejected) {
      if (can("open")) expect(await format("open", { secrets, token }), why).toBeNull();
      expect(await service({ redis: redis.url, secret: secrets }).verify(token), why).toBeNull();
    }
  });

  for (const { session, person, hasPerson, found, why } of vectors.values) {
    // What a verifier without encryption finds.
    if (why.includes("encrypted") && can("encrypt")) continue;
    check("vectors", [], `reads values: ${why}`, async () => {
      const { token } = await stored(session, person, { hasPerson });
      const answer = reads.verify(token);
      if (found === "no answer") await expectOutage(answer, why);
      else if (found === null) expect(await answer).toBeNull();
      else expect(await answer).toMatchObject(found as object);
    });
  }

  for (const { session, person, hasPerson, generation, answer, after, why } of vectors.generations)
    check("vectors", [], `judges generations: ${why}`, async () => {
      const { token, sessionKey } = await stored(session, person, { hasPerson, generation });
      expect((await reads.verify(token)) !== null).toBe(answer === "live");
      const value = await admin.get(sessionKey);
      expect(value?.slice(0, after?.length) ?? null).toBe(after);
    });

  for (const { secrets, key, line, iat, value, text, iv } of vectors.sealed)
    check(
      "encryption",
      ["unseal", "seal"],
      `opens and makes the line ${line} of ${key}: ${value}`,
      async () => {
        const place = [key, line, ...(iat === null ? [] : [String(iat).padStart(10, "0")])].join("\n");
        expect(await format("unseal", { secrets, place, line: value })).toBe(text);
        if (text === null) return;
        expect(await format("unseal", { secrets, place: `${place}x`, line: value })).toBeNull();
        const made = await Promise.all(secrets.map((secret) => format("seal", { secret, place, text, iv })));
        expect(made).toContain(value);
      },
    );

  const header = "1 1795000000 ----------- 00000 1 0000000000 0000000000 00000000 00000000";
  const dataOf = async (json: string) => {
    const { token } = await stored(`${header}\n{}\n${json}`, null);
    return (await reads.verify(token))?.data;
  };

  check("values", [], "reads as many levels of nesting as the library signs", async () => {
    const json = "[".repeat(500) + "]".repeat(500);
    expect(JSON.stringify(await dataOf(json))).toBe(json);
  });

  check("values", [], "reads a lone surrogate, which JavaScript can sign", async () => {
    const data = await dataOf(String.raw`["\ud800","\\ud800","\ud83d\ude00","\udc00\ud800x"]`);
    expect(data).toHaveLength(4);
    expect((data as string[]).slice(1, 3)).toEqual([String.raw`\ud800`, "😀"]);
  });
});
