import type { Context } from "hono";

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Reads name and password from a form or from JSON. `null` if one is missing. */
export async function readCredentials({ req }: Context): Promise<Credentials | null> {
  const isJson = /^application\/json\b/i.test(req.header("Content-Type") ?? "");
  const body: unknown = await (isJson ? req.json() : req.parseBody()).catch(() => null);
  const { user, password } = (body ?? {}) as Record<string, unknown>;
  return typeof user === "string" && typeof password === "string" && user !== "" && password !== ""
    ? { user, password }
    : null;
}
