import type { Context } from "hono";

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Reads the fields of a form or of JSON. */
export async function readFields({ req }: Context): Promise<Readonly<Record<string, unknown>>> {
  const isJson = /^application\/json\b/i.test(req.header("Content-Type") ?? "");
  const body: unknown = await (isJson ? req.json() : req.parseBody()).catch(() => null);
  return (body ?? {}) as Record<string, unknown>;
}

/** Reads name and password from a form or from JSON. `null` if one is missing. */
export async function readCredentials(c: Context): Promise<Credentials | null> {
  const { user, password } = await readFields(c);
  return typeof user === "string" && typeof password === "string" && user !== "" && password !== ""
    ? { user, password }
    : null;
}
