import { Hono } from "hono";
import { type RwtAuthOptions, type RwtVariables, rwtAuth } from "../../src/hono/index.ts";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

export interface User {
  readonly name: string;
}

export const secret = "a secret of the tests, 32 bytes or more";
export const store = memoryStore();
export const rwt = createRwt<User>({ store, secret });
export const live = await signed("Ada");
export const junk = "not-a-token";

export function signed(name: string): Promise<string> {
  return rwt.sign({ name });
}

export function appWith(options: Partial<RwtAuthOptions<User>> = {}) {
  const app = new Hono<{ Variables: RwtVariables<User> }>();
  app.use("/private/*", rwtAuth({ rwt, from: ["bearer", "cookie", "header"], ...options }));
  app.get("/private/me", (c) => c.text(c.var.session.data.name));
  return app;
}

export const get = (app: Pick<Hono, "request">, headers: Record<string, string>) =>
  app.request("/private/me", { headers });
export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
export const challengeOf = (response: Response) => response.headers.get("WWW-Authenticate");
