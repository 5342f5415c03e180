import { describe, expect, test } from "vitest";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { rwt, secret, signed, store } from "../hono/fixture.ts";

const from = ["bearer", "cookie"] as const;
const evil = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" };
const request = (headers: HeadersInit) =>
  new Request("https://app.example.org/logout", { method: "POST", headers });

describe("a sign-out that is refused sets no cookie", () => {
  test.each<[string, number, (token: string) => Record<string, string>]>([
    ["another site's form, with the cookie", 403, (token) => ({ ...evil, Cookie: `__Host-rwt=${token}` })],
    ["another site's form, without it", 403, () => evil],
    ["two tokens", 400, (token) => ({ Authorization: "Bearer", Cookie: `__Host-rwt=${token}` })],
  ])("%s: %i", async (_, status, headersOf) => {
    const token = await signed("Ada");
    for (const onFailure of [undefined, () => Response.redirect("https://app.example.org/login", 303)]) {
      const auth = requestAuth({ rwt, from, onFailure });
      for (const act of [auth.signOut, (asked: Request) => auth.signIn(asked, { name: "Eve" })]) {
        const answer = await act(request(headersOf(token)));
        expect(answer).toBeInstanceOf(Response);
        expect((answer as Response).status).toBe(onFailure ? 303 : status);
        expect(answer.headers.get("Set-Cookie")).toBeNull();
      }
    }
    expect(await rwt.verify(token)).not.toBeNull();
  });
});

test("only the 503 clears the cookie, for it is the user's own wish", async () => {
  const destroy = () => Promise.reject(new StoreUnavailableError("network", "gone"));
  const out = createRwt({ store: { ...store, destroy }, secret });
  const { signOut } = requestAuth({ rwt: out, from, cookie: { partitioned: true } });
  const answer = await signOut(request({ Cookie: `__Host-rwt=${await signed("Ada")}` }));
  expect(answer).toMatchObject({ status: 503 });
  expect(answer.headers.get("Set-Cookie")).toBe(
    "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=None; Partitioned",
  );
});
