import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
const rwt = createRwt<string>({ store: memoryStore(), secret }).with(sessions());
const auth = requestAuth<string>({ rwt, from: ["bearer", "cookie"] });

const requestWith = (token?: string, headers: Record<string, string> = {}): Request =>
  new Request("http://localhost/", {
    method: "POST",
    headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...headers },
  });

function given<T>(answer: T | Response): T {
  if (answer instanceof Response) throw new Error(`refused: ${answer.status}`);
  return answer;
}

test("lists the request's own sessions, marks its own, and ends the others", async () => {
  const [desk, phone] = [await rwt.sign("Ada", { subject: "1" }), await rwt.sign("Ada", { subject: "1" })];
  const { sessions: found } = given(await auth.listSessions(requestWith(desk)));
  expect(found.map(({ current }) => current).sort()).toEqual([false, true]);
  expect(given(await auth.endOtherSessions(requestWith(desk)))).toBe(true);
  expect(await rwt.verify(phone)).toBeNull();
  expect(await rwt.verify(desk)).not.toBeNull();
});

test("rotates the request's token, and gives the cookie as a header and as data", async () => {
  const token = await rwt.sign("Ada", { subject: "2" });
  const rotated = given(await auth.rotateSession(requestWith(token), { retry: false }));
  expect(await rwt.verify(token)).toBeNull();
  expect((await rwt.verify(rotated.token))?.data).toBe("Ada");
  const { cookie, headers } = rotated;
  expect(cookie).toMatchObject({ name: "__Host-rwt", value: rotated.token });
  expect(headers.get("Set-Cookie")).toMatch(
    new RegExp(`^__Host-rwt=${rotated.token}; Max-Age=${cookie?.attributes.maxAge}; `),
  );
});

test.each([undefined, {}, { retry: true }, { grace: undefined }, { signal: new AbortController().signal }])(
  "with options %j, the old token works on after the new one was used",
  async (options) => {
    const token = await rwt.sign("Ada");
    const rotated = given(await auth.rotateSession(requestWith(token), options));
    for (const each of [rotated.token, token]) expect((await rwt.verify(each))?.data).toBe("Ada");
  },
);

test.each([{ retry: false }, { grace: 0 }])("with options %j, it doesn't", async (options) => {
  const token = await rwt.sign("Ada");
  const rotated = given(await auth.rotateSession(requestWith(token), options));
  expect([(await rwt.verify(rotated.token))?.data, await rwt.verify(token)]).toEqual(["Ada", null]);
});

test.each([null, [], "x", 10, { grace: null }])("options %j are refused", async (options) => {
  const rotating = auth.rotateSession(requestWith(await rwt.sign("Ada")), options as never);
  await expect(rotating).rejects.toMatchObject({ code: "ERR_RWT_OPTION_TYPE" });
});

test("sign-in and sign-out give the cookie as data too", async () => {
  const signedIn = given(await auth.signIn(requestWith(), "Ada", { maxLifetime: 3600 }));
  expect(signedIn.cookie).toEqual({
    name: "__Host-rwt",
    value: signedIn.token,
    attributes: { maxAge: 3600, path: "/", httpOnly: true, secure: true, sameSite: "lax" },
  });
  expect(signedIn.headers.get("Set-Cookie")).toContain("Max-Age=3600");
  const signedOut = given(await auth.signOut(requestWith(signedIn.token)));
  expect(signedOut.cookie).toMatchObject({ value: "", attributes: { maxAge: 0 } });
  const bearerOnly = requestAuth<string>({ rwt });
  expect(given(await bearerOnly.signIn(requestWith(), "Ada")).cookie).toBeUndefined();
});

describe.each(["listSessions", "endOtherSessions", "rotateSession"] as const)(
  "%s refuses as authenticate does",
  (name) => {
    const call = async (request: Request, options = {}) => {
      const answer = await requestAuth<string>({ rwt, from: ["bearer", "cookie"], ...options })[name](
        request,
      );
      return answer instanceof Response ? answer.status : answer;
    };

    test("without a token, with a dead one, and from another site", async () => {
      const dead = await rwt.sign("Ada", { subject: "3" });
      await rwt.destroy(dead);
      expect(await call(requestWith())).toBe(401);
      expect(await call(requestWith(dead))).toBe(401);
      expect(await call(requestWith(), { optional: true })).toBe(401);
      const cookie = { Cookie: `__Host-rwt=${await rwt.sign("Ada", { subject: "3" })}` };
      expect(await call(requestWith(undefined, { ...cookie, Origin: "https://evil.example" }))).toBe(403);
    });

    test("where the service has no sessions(), it says what to add", async () => {
      const plain = createRwt<string>({ store: memoryStore(), secret });
      const token = await plain.sign("Ada", { subject: "4" });
      const answer = requestAuth<string>({ rwt: plain })[name](requestWith(token));
      await expect(answer).rejects.toMatchObject({
        option: "rwt",
        message: expect.stringContaining("with(sessions())"),
      });
    });
  },
);
