import { Hono } from "hono";
import {
  type OptionalRwtVariables,
  type RwtAuthOptions,
  type RwtCarrierOptions,
  rwtAuth,
  rwtCarrier,
  signIn,
  signOut,
} from "../../src/hono/index.ts";
import { createRwt, type SignOptions } from "../../src/index.ts";
import { secret, store, type User } from "./fixture.ts";

/** As the other tests', with a shorter life, which a cookie shows. */
export const rwt = createRwt<User>({ store, secret, maxLifetime: 7200 });

const from = ["cookie", "bearer"] as const;

/** An app that signs in and out behind `rwtAuth`, which is optional. */
export const appWith = (options: Partial<RwtAuthOptions<User>> = {}, signOptions?: SignOptions) =>
  appBehind(rwtAuth<User>({ rwt, from, ...options, optional: true }), signOptions);

/** The same behind `rwtCarrier`. */
export const carrierAppWith = (options: Partial<RwtCarrierOptions<User>> = {}) =>
  appBehind(rwtCarrier<User>({ rwt, from, ...options }));

/** What holds behind either. */
export const EITHER = [
  ["rwtAuth", appWith],
  ["rwtCarrier", carrierAppWith],
] as const;

function appBehind(middleware: ReturnType<typeof rwtCarrier<User>>, signOptions?: SignOptions) {
  const app = new Hono<{ Variables: OptionalRwtVariables<User> }>();
  app.use(middleware);
  app.post("/login", async (c) => c.text(await signIn(c, { name: "Ada" }, signOptions)));
  app.post("/logout", async (c) => c.json(await signOut(c)));
  app.get("/", (c) => c.text(c.var.session?.data.name ?? "a stranger"));
  return app;
}

export const post = (app: Pick<Hono, "request">, path: string, headers: Record<string, string> = {}) =>
  app.request(path, { method: "POST", headers });
export const cookieOf = (response: Response) => response.headers.get("Set-Cookie") ?? "";
export const attributesOf = (response: Response) => cookieOf(response).split("; ").slice(1).sort();
export const sendBack = (response: Response) => ({ Cookie: cookieOf(response).split(";")[0] ?? "" });
