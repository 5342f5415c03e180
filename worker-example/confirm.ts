import type { Context } from "hono";
import { type RwtVariables, reauthenticate } from "redis-web-token/hono";
import { readFields } from "./credentials.ts";
import { confirmPage, tooOften } from "./pages.ts";
import type { Settings } from "./settings.ts";
import type { User } from "./users.ts";
import { wantsPage } from "./wants-page.ts";

/** What a sensitive act needs: that the user has shown the password within the last five minutes (OWASP ASVS 7.5.1). */
export const RECENTLY = { maxAge: 300 } as const;

/** Checks the password of a signed-in user again (step-up). The browser gets a new token, and the old one ends at once. */
export async function confirm(
  c: Context<{ Variables: RwtVariables<User> }>,
  { users, loginLimit }: Settings,
  address: string,
): Promise<Response> {
  const { id } = c.var.session.data;
  const { password } = await readFields(c);
  const refuse = (status: 400 | 403 | 429, message: string) =>
    wantsPage(c) ? c.html(confirmPage(message), status) : c.json({ error: message }, status);
  if (typeof password !== "string" || password === "") return refuse(400, "Please enter your password.");

  const wait = loginLimit.attempt(id, address);
  if (wait > 0) {
    c.header("Retry-After", String(wait));
    return refuse(429, tooOften(wait));
  }
  // Not 401, which would say that the session has ended.
  if ((await users.authenticate(id, password)) === null) return refuse(403, "The password is wrong.");
  loginLimit.succeeded(id, address);

  const token = await reauthenticate(c, { amr: ["pwd"] });
  return wantsPage(c) ? c.redirect("/sessions", 303) : c.json({ token });
}
