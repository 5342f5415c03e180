import type { Context } from "hono";
import { type OptionalRwtVariables, signIn } from "redis-web-token/hono";
import { readCredentials } from "./credentials.ts";
import { signInPage, tooOften } from "./pages.ts";
import type { Settings } from "./settings.ts";
import type { User } from "./users.ts";
import { wantsPage } from "./wants-page.ts";

/** The realm in the challenge of a 401. */
export const REALM = "worker-example";

/** Checks name and password and signs the user in, unless there were too many wrong passwords. */
export async function logIn(
  c: Context<{ Variables: OptionalRwtVariables<User> }>,
  { users, loginLimit }: Settings,
  address: string,
): Promise<Response> {
  const credentials = await readCredentials(c);
  if (credentials === null) return refuse(c, 400, "Please enter both, your name and your password.");
  const { user: name, password } = credentials;

  const wait = loginLimit.attempt(name, address);
  if (wait > 0) {
    c.header("Retry-After", String(wait));
    return refuse(c, 429, tooOften(wait), name);
  }
  const user = await users.authenticate(name, password);
  if (user === null) {
    c.header("WWW-Authenticate", `Bearer realm="${REALM}"`);
    return refuse(c, 401, "The name or the password is wrong.", name);
  }
  loginLimit.succeeded(name, address);

  const device = c.req.header("User-Agent")?.slice(0, 120) ?? "unknown";
  const token = await signIn(c, user, { subject: user.id, meta: { device }, auth: { amr: ["pwd"] } });
  return wantsPage(c) ? c.redirect("/", 303) : c.json({ token });
}

const refuse = (
  c: Context,
  status: 400 | 401 | 429,
  message: string,
  name?: string,
): Response | Promise<Response> =>
  wantsPage(c) ? c.html(signInPage({ alert: message, name }), status) : c.json({ error: message }, status);
