import { Hono } from "hono";
import { type RwtRoutesOptions, rwtRoutes } from "../../src/hono-routes/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { createTimeMachine } from "../conformance/time-machine.ts";

export interface User {
  readonly name: string;
  readonly role: string;
}

export const ada: User = { name: "Ada", role: "admin" };
export const secret = "a secret of the tests, 32 bytes or more";
export const time = createTimeMachine();
export const store = memoryStore({ now: time.now });
export const rwt = createRwt<User>({ store, secret, now: time.now }).with(sessions());

/** As `openssl rand -base64 32` makes them, with characters that a form encodes. */
export const billing = { id: "billing", secret: "q83v+Zx/0aM6sR2kT9pLw4JYb7cHdVnEuGfXiKoQ1S8=" };
export const mail = {
  id: "svc:mail & more",
  secret: ["Zm9yLW1haWwrYW5kL21vcmU6dGhlLW5ldy1vbmUhISE=", "Zm9yLW1haWwrYW5kL21vcmU6dGhlLW9sZC1vbmUhISE="],
};

export function appWith(options: Partial<RwtRoutesOptions<User>> = {}): Hono {
  const app = new Hono();
  app.route("/oauth", rwtRoutes({ rwt, clients: [billing, mail], ...options }));
  return app;
}

const formEncoded = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);

/** Encoded as RFC 6749 §2.3.1 requires. */
export const basic = (id: string, secret: string): Record<string, string> =>
  rawBasic(`${formEncoded(id)}:${formEncoded(secret)}`);
export const rawBasic = (pair: string): Record<string, string> => ({ Authorization: `Basic ${btoa(pair)}` });
export const bearer = (secret: string): Record<string, string> => ({ Authorization: `Bearer ${secret}` });
export const asBilling: Record<string, string> = basic(billing.id, billing.secret);

/** Posts a form. A string is sent unchanged. */
export const post = (
  app: Pick<Hono, "request">,
  path: string,
  form: Record<string, string> | string,
  headers: Record<string, string> = asBilling,
): Response | Promise<Response> =>
  app.request(`/oauth${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers },
    body: typeof form === "string" ? form : new URLSearchParams(form).toString(),
  });
