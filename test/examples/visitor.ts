import { expect } from "vitest";

type Headers = Readonly<Record<string, string>>;

export const SECRET = "a secret of the tests, 32 bytes or more";
/** What a sign-in sets, and what clears it. */
export const COOKIE = /^__Host-rwt=rwt_[\w.-]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/;
export const CLEARED = "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax";
/** Of a form that another site's page sends. */
export const OTHER_SITE: Headers = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };

/** Somebody who uses an example's pages at an origin. A cookie is `name=value`. */
export function visitor(origin: string) {
  const get = (path: string, cookie = "", headers: Headers = {}): Promise<Response> =>
    fetch(`${origin}${path}`, { headers: { Cookie: cookie, ...headers }, redirect: "manual" });
  const post = (path: string, cookie = "", headers: Headers = {}, form: Headers = {}): Promise<Response> =>
    fetch(`${origin}${path}`, {
      method: "POST",
      body: new URLSearchParams(form),
      headers: { Cookie: cookie, Origin: origin, ...headers },
      redirect: "manual",
    });
  /** Returns the cookie. */
  async function signIn(name = "Ada", headers: Headers = {}): Promise<string> {
    const answer = await post("/sign-in", "", headers, { name, password: "secret" });
    expect(answer.status, await answer.text()).toBe(303);
    expect(answer.headers.get("Location")).toBe("/private");
    const [cookie = ""] = answer.headers.getSetCookie();
    expect(cookie).toMatch(COOKIE);
    return cookie.split(";")[0] ?? "";
  }
  return { get, post, signIn };
}
