import { expect, test } from "vitest";
import vectors from "../../vectors.json" with { type: "json" };
import shared from "../vectors.json" with { type: "json" };

/** Asks another implementation; a session that is no answer is `{ error }`, which is thrown by its name. */
export type Ask = (op: string, ...args: readonly unknown[]) => Promise<unknown>;

/** All vectors, put to an implementation in another language. */
export function formatSuite(ask: Ask): void {
  test("derives, opens and names keys as all token vectors say", async () => {
    for (const vector of [...shared, ...vectors.tokens]) {
      const { secret, subject, kid, subjectKey, token, deadline, expire, slot, sessionKey } = vector;
      expect(await ask("derive", secret, subject)).toEqual({ kid, subjectKey });
      expect(await ask("open", [secret], token)).toEqual({ deadline, expire, slot, sessionKey });
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

  test("reads session values, and calls what is unreadable no answer", async () => {
    for (const { deadline, value, session } of vectors.sessions) {
      const decoded = ask("decode", deadline, value);
      if (session === "unreadable") await expect(decoded, value).rejects.toThrow(/Unavailable|UNAVAILABLE/);
      else expect(await decoded, value).toEqual(session);
    }
  });

  test("reads as many levels as the library signs", async () => {
    const data = "[".repeat(500) + "]".repeat(500);
    const session = (await ask("decode", 2, `{"v":1,"iat":1,"exp":2,"data":${data}}`)) as { data: unknown };
    expect(JSON.stringify(session.data)).toBe(data);
  });

  test("reads a lone surrogate, which JavaScript can sign", async () => {
    const value = String.raw`{"v":1,"iat":1,"exp":2,"data":["\ud800","\\ud800","\ud83d\ude00","\udc00\ud800x"]}`;
    const { data } = (await ask("decode", 2, value)) as { data: string[] };
    expect(data.slice(1, 3)).toEqual([String.raw`\ud800`, "😀"]);
    expect(data).toHaveLength(4);
  });
}
