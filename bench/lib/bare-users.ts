import { user } from "./user.ts";

/** Writes the user under keys of 32 characters, as a bare client would, and returns the keys. */
export async function writeBareUsers(
  client: { set(key: string, value: string): Promise<unknown> },
  count: number,
): Promise<readonly string[]> {
  const keys = Array.from({ length: count }, (_, i) => String(i).padStart(32, "k"));
  await Promise.all(keys.map((key) => client.set(key, JSON.stringify(user))));
  return keys;
}
