import { expect, test } from "vitest";
import vectors from "../../vectors.json" with { type: "json" };
import shared from "./shared-vectors.json" with { type: "json" };
import { valueCases, valueWith } from "./values.ts";

/** Asks another implementation; a session that is no answer is `{ error }`, which is thrown by its name. */
export type Ask = (op: string, ...args: readonly unknown[]) => Promise<unknown>;

/** What a token vector has in common in all languages. */
export interface TokenVector {
  readonly secret: string;
  readonly subject: string | null;
  readonly deadline: number;
  readonly expire: number;
  readonly generation: number;
  readonly person: string;
  readonly id: string;
  readonly kid: string;
  readonly token: string;
  readonly successor: string | null;
  readonly sessionKey: string;
  readonly personKey: string | null;
}

/** The project's own vectors, and those of a separate implementation. */
export const tokenVectors: readonly TokenVector[] = [...shared, ...vectors.tokens];

/** All vectors, put to an implementation in another language. */
export function formatSuite(ask: Ask): void {
  test("derives, opens and names keys as all token vectors say", async () => {
    for (const vector of tokenVectors) {
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

  test("opens what a ring opens", async () => {
    for (const { secrets, token, opensWith } of vectors.rings) {
      expect(await ask("open", secrets, token)).not.toBeNull();
      for (const [i, secret] of secrets.entries()) {
        expect((await ask("open", [secret], token)) !== null).toBe(i === opensWith);
      }
    }
  });

  test("turns away what is rejected", async () => {
    for (const { secrets, token, why } of vectors.rejected) {
      expect(await ask("open", secrets, token), why).toBeNull();
    }
  });

  test.each(valueCases)("reads a session $why", async ({ session, person, found }) => {
    const decoded = ask("decode", session, person);
    if (found === "unreadable") await expect(decoded).rejects.toThrow(/Unavailable|UNAVAILABLE/);
    else expect(await decoded).toEqual(found);
  });

  test("reads as many levels as the library signs", async () => {
    const data = "[".repeat(500) + "]".repeat(500);
    const session = (await ask("decode", valueWith(data), null)) as { data: unknown };
    expect(JSON.stringify(session.data)).toBe(data);
  });

  test("reads a lone surrogate, which JavaScript can sign", async () => {
    const value = valueWith(String.raw`["\ud800","\\ud800","\ud83d\ude00","\udc00\ud800x"]`);
    const { data } = (await ask("decode", value, null)) as { data: string[] };
    expect(data.slice(1, 3)).toEqual([String.raw`\ud800`, "😀"]);
    expect(data).toHaveLength(4);
  });
}
