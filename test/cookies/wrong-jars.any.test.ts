import { expect, test } from "vitest";
import { type CookieJar, cookieAuth } from "../../src/cookies/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
const rwt = createRwt<string>({ store: memoryStore(), secret }).with(sessions());
const auth = cookieAuth<string>({ rwt });
const jar: CookieJar = { get: () => undefined, set() {} };

test.each([
  ["nothing", undefined],
  ["a promise, as Next's cookies() gives", Promise.resolve(jar)],
  ["a jar that gives promises", { ...jar, get: async () => ({ value: "rwt_" }) }],
  ["a jar that gives a promise of all", { ...jar, getAll: async () => [] }],
])("%s in place of a jar is an error, and no stranger", async (_, given) => {
  for (const call of [auth.session, auth.inspect, auth.signOut, auth.rotate, auth.listSessions])
    await expect(call(given as never)).rejects.toMatchObject({ code: "ERR_RWT_OPTION_TYPE", option: "jar" });
});

test("a jar without set is named by the calls that need it", async () => {
  const signingIn = auth.signIn({ get: () => undefined } as never, "Ada", { subject: "1" });
  await expect(signingIn).rejects.toMatchObject({ code: "ERR_RWT_OPTION_TYPE", option: "jar" });
  expect((await rwt.list("1")).sessions).toEqual([]);
});

test.each(["rotate", "reauthenticate"] as const)(
  "%s where no cookie can be set fails before the token changes",
  async (name) => {
    const token = await rwt.sign("Ada");
    const sealed: CookieJar = {
      get: () => token,
      set() {
        throw new Error("cookies can only be set in a Server Action");
      },
    };
    const calling =
      name === "rotate" ? auth.rotate(sealed, { retry: false }) : auth.reauthenticate(sealed, {});
    await expect(calling).rejects.toThrow("Server Action");
    expect((await rwt.verify(token))?.data).toBe("Ada");
    // Only the newest token of a session can be rotated without a retry.
    expect(await rwt.rotate(token, { retry: false })).not.toBeNull();
  },
);
