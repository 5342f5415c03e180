import { beforeEach, describe, expect, test } from "vitest";
import { requestAuth } from "../../src/request/index.ts";
import { python, pythonMissing } from "../support/interop.ts";
import {
  type Answer,
  AUTH,
  admin,
  cookie,
  cookieOf,
  FRAMEWORKS,
  HOST,
  json,
  PYTHON_AUTH,
  relevant,
  rwt,
  startApp,
  tokens,
} from "./python-app.ts";

describe.skipIf(python === undefined).each(FRAMEWORKS)(`step-up in %s${pythonMissing}`, async (framework) => {
  const app = python === undefined ? async () => ({}) as Answer : await startApp(framework, PYTHON_AUTH);
  const posted = (path: string, headers: Record<string, string> = {}) =>
    app({ method: "POST", path, headers });
  beforeEach(() => admin.flushall());

  test.each([
    [{ maxAge: 300 }, { max_age: 300 }],
    [{ amr: ["otp", "hwk"] }, { amr: ["otp", "hwk"] }],
    [{ acr: ["2", "3"] }, { acr: ["2", "3"] }],
    [
      { maxAge: 10, amr: ["otp"], acr: ["3"] },
      { max_age: 10, amr: ["otp"], acr: ["3"] },
    ],
  ] as const)(
    "a step-up with %j is asked for, recorded and then enough, as in TypeScript",
    async (ours, theirs) => {
      const { authenticate } = requestAuth({ rwt, ...AUTH });
      const path = `/authenticate?require=${json(theirs)}`;
      const asked = async (token: string): Promise<number> => {
        const answer = await app({ path, headers: cookie(token) });
        const request = { method: "GET", url: "/me", headers: { host: HOST, ...cookie(token) } };
        const expected = await authenticate(request, { require: ours });
        if (!(expected instanceof Response)) return answer.status;
        const headers = relevant(expected.headers);
        expect(answer).toEqual({ status: expected.status, headers, body: await expected.text() });
        return answer.status;
      };
      const { live } = await tokens();
      const now = Math.floor(Date.now() / 1000);
      const signIn = (auth: object) => rwt.sign({ id: 1 }, { subject: "42", auth });
      expect(await asked(live)).toBe(401);
      expect(await asked(await signIn({ at: now - 301, amr: ["pwd"], acr: "1" }))).toBe(401);
      expect(await asked("")).toBe(401);
      const proof = json({ amr: ["pwd", "otp", "hwk"], acr: "3" });
      const answer = await posted(`/reauthenticate?auth=${proof}`, cookie(live));
      const [, token = ""] = cookieOf(answer) ?? [];
      expect((await rwt.verify(token))?.auth).toMatchObject({ amr: ["pwd", "otp", "hwk"], acr: "3" });
      expect([await rwt.verify(live), await asked(token)]).toEqual([null, 200]);
      expect(await asked(live)).toBe(401);
    },
  );

  test("sign_in records how the user signed in, and who acts as the user", async () => {
    const query = `auth=${json({ amr: ["pwd"] })}&act=${json({ sub: "support-7" })}`;
    const [, token = ""] = cookieOf(await posted(`/sign-in?data=1&${query}`)) ?? [];
    expect(await rwt.verify(token)).toMatchObject({ auth: { amr: ["pwd"] }, act: { sub: "support-7" } });
  });
});
