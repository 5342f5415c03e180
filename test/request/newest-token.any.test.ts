import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
const rwt = createRwt<string>({ store: memoryStore(), secret }).with(sessions());
const auth = requestAuth<string>({ rwt, from: ["bearer", "cookie"] });
const sign = () => rwt.sign("Ada", { subject: "1" });

function given<T>(answer: T | Response): T {
  if (answer instanceof Response) throw new Error(`refused: ${answer.status}`);
  return answer;
}
const statusOf = (answer: unknown) => (answer instanceof Response ? answer.status : "a session");

/** The request as web frameworks and as Node's pass it, the latter in a new object for each call. */
const KINDS = {
  web(token: string) {
    const request = new Request("http://localhost/", { headers: { Cookie: `__Host-rwt=${token}` } });
    return () => request;
  },
  node(token: string) {
    const headers = { cookie: `__Host-rwt=${token}` };
    return () => ({ method: "POST", url: "http://localhost/", headers });
  },
};

test.each(Object.entries(KINDS))(
  "after a rotation, calls of a %s request use the new token",
  async (_, of) => {
    const [old, other] = [await sign(), await sign()];
    const request = of(old);
    const { token } = given(await auth.rotateSession(request(), { retry: false }));
    expect(given(await auth.authenticate(request())).data).toBe("Ada");
    expect(given(await auth.endOtherSessions(request()))).toBe(true);
    expect([(await rwt.verify(token))?.data, await rwt.verify(other)]).toEqual(["Ada", null]);
    const again = given(await auth.rotateSession(request(), { retry: false }));
    expect([await rwt.verify(token), (await rwt.verify(again.token))?.data]).toEqual([null, "Ada"]);
    // The same token in another request is the old one.
    expect(statusOf(await auth.authenticate(of(old)()))).toBe(401);
  },
);

test.each(Object.entries(KINDS))("after a sign-in, a %s request is the new session's", async (_, of) => {
  const request = of(await sign());
  const { token } = given(await auth.signIn(request(), "Bob", { subject: "2" }));
  expect(given(await auth.authenticate(request())).data).toBe("Bob");
  expect(given(await auth.listSessions(request())).sessions.map(({ current }) => current)).toEqual([true]);
  given(await auth.signOut(request()));
  expect(await rwt.verify(token)).toBeNull();
});

test.each(["signOut", "signOutEverywhere"] as const)("after %s, its request has no session", async (name) => {
  const token = await sign();
  const request = KINDS.web(token)();
  given(await auth[name](request));
  expect(statusOf(await auth.authenticate(request))).toBe(401);
  expect(given(await auth.signOut(request)).ended).toBe(false);
});

test("a refused call changes nothing for the request", async () => {
  const token = await sign();
  const headers = { Cookie: `__Host-rwt=${token}`, Origin: "https://evil.example" };
  const request = { method: "POST", url: "http://localhost/", headers };
  expect(statusOf(await auth.signIn(request, "Eve"))).toBe(403);
  expect(given(await auth.authenticate({ ...request, method: "GET" })).data).toBe("Ada");
});
