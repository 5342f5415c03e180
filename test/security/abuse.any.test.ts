import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { rwt, secret, signed, type User } from "../hono/fixture.ts";
import { forged } from "../support/forged.ts";
import { untouchedStore } from "../support/untouched-store.ts";

const KILOBYTES = 64 * 1024;
const live = await signed("Ada");

describe("input that is too long is rejected without a hash and without a command", () => {
  test.each([
    ["a bearer token", { Authorization: `Bearer ${"A".repeat(KILOBYTES)}` }, 401],
    ["a live token with more behind", { Authorization: `Bearer ${live}${"A".repeat(KILOBYTES)}` }, 401],
    ["a bearer header of spaces", { Authorization: `Bearer ${" ".repeat(KILOBYTES)}x y` }, 400],
    ["a cookie", { Cookie: `__Host-rwt=${"A".repeat(KILOBYTES)}` }, 401],
    ["a custom header", { "x-access-token": "A".repeat(KILOBYTES) }, 401],
    ["thousands of other cookies", { Cookie: "a=b; ".repeat(KILOBYTES / 5) }, 401],
    ["thousands of cookies of the name", { Cookie: "__Host-rwt=A; ".repeat(KILOBYTES / 14) }, 401],
  ])("%s", async (_, headers, status) => {
    const store = untouchedStore();
    const { authenticate, signOut } = requestAuth({
      rwt: createRwt({ store, secret }),
      from: ["bearer", "cookie", "header"],
    });
    const asked = () => new Request("http://localhost/", { headers: headers as Record<string, string> });
    const started = performance.now();
    expect(await authenticate(asked())).toMatchObject({ status });
    await signOut(asked());
    expect(performance.now() - started).toBeLessThan(2000);
    expect(store.calls).toEqual([]);
  });
});

describe("two cookies of one name", () => {
  const both = (first: string, second: string) =>
    new Request("http://localhost/", { headers: { Cookie: `__Host-rwt=${first}; __Host-rwt=${second}` } });
  const { authenticate, signIn } = requestAuth<User>({ rwt, from: ["cookie"] });

  test("the first live one counts, whatever other cookies there are", async () => {
    const other = await signed("Grace");
    expect(await authenticate(both(live, forged(live)))).toMatchObject({ data: { name: "Ada" } });
    expect(await authenticate(both(forged(live), live))).toMatchObject({ data: { name: "Ada" } });
    expect(await authenticate(both(live, other))).toMatchObject({ data: { name: "Ada" } });
    expect(await authenticate(both(other, live))).toMatchObject({ data: { name: "Grace" } });
    expect(await authenticate(both(forged(live), forged(other)))).toMatchObject({ status: 401 });
  });

  test("a sign-in ends the sessions of both", async () => {
    const tokens = [await signed("Mallory"), await signed("Mallory")] as const;
    await signIn(both(...tokens), { name: "Ada" });
    expect(await Promise.all(tokens.map((token) => rwt.verify(token)))).toEqual([null, null]);
  });
});

test("a sign-in always gives a new token, whatever the request came with (session fixation)", async () => {
  const { signIn } = requestAuth<User>({ rwt, from: ["bearer", "cookie", "header"] });
  const known = await signed("Mallory");
  const given = new Set<string>([known]);
  for (const headers of [
    {},
    { Cookie: `__Host-rwt=${known}` },
    { Authorization: `Bearer ${known}` },
    { "x-access-token": forged(known) },
  ]) {
    const asked = new Request("http://localhost/", { method: "POST", headers: headers as HeadersInit });
    const answer = await signIn(asked, { name: "Ada" });
    if (answer instanceof Response) expect.fail(`refused with ${answer.status}`);
    expect(given).not.toContain(answer.token);
    expect(answer.headers.get("Set-Cookie")).toContain(answer.token);
    expect((await rwt.verify(answer.token))?.data.name).toBe("Ada");
    given.add(answer.token);
  }
  expect(await rwt.verify(known)).toBeNull();
});
